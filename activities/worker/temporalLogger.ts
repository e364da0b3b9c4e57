import { DefaultLogger } from '@temporalio/worker';
import type { Logger } from '../../observability/createLogger.ts';

/** Temporal's own log in ours. Of an activity that failed it is said which, and why: the line reaches whoever ran `npm start`. */
export const temporalLogger = (logger: Logger): DefaultLogger =>
  new DefaultLogger('INFO', ({ level, message, meta = {} }) => {
    const { error, ...fields } = meta;
    const told = error === undefined ? fields : { ...fields, err: error };
    const text = message === 'Activity failed' ? `The activity ${String(meta.activityType)} failed` : message;
    if (level === 'ERROR') logger.error(told, text);
    else if (level === 'WARN') logger.warn(told, text);
    else logger.debug(told, text);
  });
