/** A call, a visit or an order on its way in: the form, what the server needs of it, and sending it once. */
import { computed, ref, shallowRef } from 'vue';
import { isInside } from '@/shared/map/inside.js';
import { uuid } from '@/shared/uuid.js';
import { useDraft } from '../drafts.js';
import { areas, leaves } from '../queue/words.js';
import { stillMissing, useSending } from '../sending.js';
import { client } from '../station.js';
import { useFormPhotos } from './photos.js';

export const SOURCES = [
  { code: 'call', label: '来电' }, { code: 'visit', label: '来访' }, { code: 'hotline', label: '12345 工单' },
];

const empty = () => ({
  client_id: uuid(), source: 'call', said: '', category: '', address: '', position: null, area: '', name: '', phone: '',
  wants_reply: false, order_no: '', asked_at: '', reply_by: '', unread: [],
});

export function useIntake() {
  const { form, clear } = useDraft('intake', empty);
  const { photos, add: addPhoto, drop: dropPhotos } = useFormPhotos(form);
  const { isBusy, trouble, send: sending } = useSending();
  const wrong = ref({});
  const done = shallowRef(null);

  /** Nobody told anything yet, in words or photos. */
  const isBlank = computed(() => {
    const { client_id, source, ...told } = form;
    return !photos.value.length && Object.values(told).every((one) => !one || one.length === 0);
  });

  /** The grid or village of the place, as the map has it; the server looks again. */
  const here = computed(() => {
    if (form.area) return areas.value.find(({ code }) => code === form.area);
    return form.position && leaves.value.find(({ boundary }) => isInside(form.position, boundary));
  });

  const pick = (position) => Object.assign(form, { position, area: '' });

  /**
   * What stands here now; something else may be in the form before it has arrived, and stays there.
   * @param {string} [sameAs] the case it is about: the caller joins it
   */
  function send(sameAs) {
    const [sent, shown] = [{ ...form }, photos.value];
    wrong.value = {};
    return sending(async () => {
      try {
        for (const { sha256, bytes } of shown) await client.putPhoto(sha256, bytes);
        done.value = (await client.post('/intakes', body(sent, shown, sameAs), { idempotencyKey: sent.client_id })).data;
      } catch (error) {
        wrong.value = error.problem?.errors ?? {};
        throw error;
      }
      if (form.client_id === sent.client_id) begin();
      else dropPhotos(shown);
    }, lacking(sent, sameAs));
  }

  /** An empty form for the next; the kind of source stays. */
  function begin() {
    const { source } = form;
    dropPhotos(photos.value);
    clear();
    if (source !== form.source) form.source = source;
    trouble.value = '';
  }

  /** Something else to go on with, as far as it is known. @param {Partial<ReturnType<typeof empty>>} told */
  function fill(told) {
    Object.assign(form, empty(), { source: form.source }, told);
    trouble.value = '';
    wrong.value = {};
  }

  return { form, photos, addPhoto, dropPhotos, trouble, wrong, isBusy, isBlank, done, here, pick, send, begin, fill };
}

function lacking(form, sameAs) {
  return stillMissing([
    !form.said.trim() && '说了什么', !sameAs && !form.category && '类别', !sameAs && !form.position && !form.area && '在哪里',
    form.source === 'hotline' && !form.order_no.trim() && '工单编号',
    form.wants_reply && form.source !== 'hotline' && !form.phone.trim() && '联系电话',
  ]);
}

/** What is empty is left out; of an order only an order tells. */
function body({ unread, position, area, order_no, asked_at, reply_by, ...told }, photos, sameAs) {
  const isOrder = told.source === 'hotline';
  const all = {
    ...told, ...(isOrder && { order_no, asked_at, reply_by: reply_by && offset(reply_by) }),
    ...(sameAs ? { same_as: sameAs, category: '' } : { position, area: position ? '' : area }),
    photos: photos.map(({ sha256, shot_at }) => ({ sha256, role: 'other', shot_at })),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '' && value !== null && value !== undefined));
}

/** A local time as a picker says it, or one that has its offset already. */
const offset = (time) => (/[+Z]/.test(time) ? time : `${time}+08:00`);
