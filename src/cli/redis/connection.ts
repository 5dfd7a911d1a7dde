import type { Redis } from 'ioredis';
import { check, InputError } from '../../check';

/** Where a Redis is, and how it is named in messages: without its password. */
export interface RedisPlace {
  readonly options: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    readonly tls?: object;
    readonly maxRetriesPerRequest: null;
    readonly retryStrategy: (times: number) => number;
  };
  readonly shown: string;
}

/** Seconds after which a Redis that does not answer is called absent. */
const patience = 4;

/**
 * The place that a URL names. It is read here and not by the option, since messages about options repeat what was given; a password
 * may be left out of it and given as EXAN_REDIS_PASSWORD, where no list of processes shows it.
 *
 * @throws InputError for what is no such URL
 */
export function redisPlace(caller: string, text: string): RedisPlace {
  const url = URL.canParse(text) ? new URL(text) : null;
  check(
    url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' && /^(\/\d*)?$/.test(url.pathname),
    () =>
      `${caller}: --redis is not understood, expected redis://HOST:PORT, rediss://USER@HOST:PORT or the like, with a password in it or in EXAN_REDIS_PASSWORD`,
  );
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 6379);
  const password = decodeURIComponent(url.password) || process.env.EXAN_REDIS_PASSWORD;
  return {
    shown: `${url.hostname}:${port}`,
    options: {
      ...{ host, port, db: Number(url.pathname.slice(1)) },
      ...(url.username !== '' && { username: decodeURIComponent(url.username) }),
      ...(password && { password }),
      ...(url.protocol === 'rediss:' && { tls: {} }),
      maxRetriesPerRequest: null, // what is asked while it is away waits for its return
      retryStrategy: (times) => Math.min(100 * times, 2000),
    },
  };
}

/** The packages that a queue needs, which are loaded only here. */
export interface QueuePackages {
  readonly bullmq: typeof import('bullmq');
  readonly Redis: typeof Redis;
}

/** @throws InputError where they are not installed */
export async function queuePackages(caller: string): Promise<QueuePackages> {
  try {
    const [bullmq, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
    return { bullmq, Redis };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new InputError(`${caller}: --redis needs two packages that are not installed`, [
      'npm install bullmq ioredis',
    ]);
  }
}

/**
 * A connection that outlives its Redis: what is asked while that is away waits until it is back.
 *
 * @throws InputError when there is none now, within seconds
 */
export async function connect(caller: string, { Redis }: QueuePackages, place: RedisPlace): Promise<Redis> {
  const client = new Redis({ ...place.options, lazyConnect: true, connectTimeout: 1e3 * patience });
  let why = '';
  client.on('error', ({ message }: Error) => {
    why = message;
  });
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('it does not answer')), 1e3 * patience).unref();
  });
  try {
    await Promise.race([client.connect().then(() => client.ping()), late]);
    return client;
  } catch (error) {
    client.disconnect();
    const message = why || (error as Error).message;
    throw new InputError(
      /NOAUTH|WRONGPASS|invalid password/i.test(message)
        ? `${caller}: the Redis at ${place.shown} refuses the password; give it in the URL or as EXAN_REDIS_PASSWORD`
        : `${caller}: no Redis at ${place.shown} (${message}); start one (apt-get install redis-server), or give another --redis`,
    );
  }
}
