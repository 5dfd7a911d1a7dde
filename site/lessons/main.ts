import { say } from '../page/controls';
import { beyond } from './beyond';
import { defend } from './defences';
import { exclusive } from './exclusive';
import { remembers } from './remembers';

/** Starts the lesson that the page names. */
const lessons: Readonly<Record<string, () => void>> = { remembers, exclusive, beyond, defences: defend };

addEventListener('unhandledrejection', ({ reason }) =>
  say('failed', `Something went wrong: ${reason?.message ?? reason}`),
);
lessons[document.body.dataset.lesson ?? '']?.();
