/** The parts of ECharts our reports draw with; loaded with the reports only. */
import { BarChart, MapChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapPiecewiseComponent } from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([
  AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, MapChart, TooltipComponent, VisualMapPiecewiseComponent,
]);

export { init, registerMap };
