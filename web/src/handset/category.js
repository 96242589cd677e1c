/** An icon for each big class, found by its words, so that other schemes find theirs too. */
import {
  Bell, Brush, Dish, Guide, House, Picture, Promotion, QuestionFilled, Refrigerator, SetUp, Sunny, Tools, Van, WarningFilled,
} from '@element-plus/icons-vue';

const ICONS = [
  [/市容|卫生|环境/, Brush], [/广告|宣传/, Picture], [/施工|建设/, Tools], [/突发|应急/, Bell], [/街面|秩序/, Van],
  [/矛盾|纠纷/, Promotion], [/隐患|安全|消防/, WarningFilled], [/交通|道路/, Guide], [/绿化|园林/, Sunny],
  [/房|屋/, House], [/食|餐/, Dish], [/公用/, SetUp], [/部件/, Refrigerator],
];

export const iconOf = ({ big_name = '' }) => ICONS.find(([words]) => words.test(big_name))?.[1] ?? QuestionFilled;
