/** One thing sent perhaps more than once: the same content is the same request, changed content is a new one. */
import { uuid } from '@/shared/uuid.js';

/** @returns {(content: object) => string} the idempotency key of what is sent now */
export function useAttempt() {
  let attempt = { said: '', key: '' };
  return (content) => {
    const said = JSON.stringify(content);
    if (said !== attempt.said) attempt = { said, key: uuid() };
    return attempt.key;
  };
}
