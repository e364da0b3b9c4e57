import type { z } from 'zod';
import { HoldfastError } from '../../platform/HoldfastError.ts';
import { shorten } from '../../platform/shorten.ts';
import { mlflowRefusal } from './MlflowRefusal.ts';
import { parseJson } from './parseJson.ts';

// MLflow's public REST API over fetch. What it answers is checked; what is wrong with it now may be right later (a server that
// starts, a token that is renewed), so that all but a refusal of the content itself is worth another attempt.

export interface MlflowConnection {
  /** Without a slash at its end. */
  readonly url: string;
  /** The header's value; never in a message. */
  readonly authorization: string | null;
  /** For one question; an upload takes as long as it goes on. */
  readonly timeoutMs?: number;
}

export interface MlflowClient {
  /** The server's address, for messages. */
  readonly url: string;
  /** @throws HoldfastError unavailable; MlflowRefusal */
  get<T>(
    path: string,
    query: Readonly<Record<string, string>>,
    answer: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /** @throws HoldfastError unavailable; MlflowRefusal */
  post<T>(path: string, body: object, answer: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** @throws HoldfastError unavailable; MlflowRefusal */
  put(path: string, content: Blob, signal: AbortSignal): Promise<void>;
}

interface Call extends Pick<RequestInit, 'method' | 'body'> {
  readonly contentType?: string;
}

const TIMEOUT_MS = 30_000;
/** So slow no network is that anybody would want to wait for. */
const SLOWEST_UPLOAD_BYTES_PER_MS = 20;

export function createMlflowClient({
  url,
  authorization,
  timeoutMs = TIMEOUT_MS,
}: MlflowConnection): MlflowClient {
  const send = async (
    path: string,
    { contentType, ...request }: Call,
    signal: AbortSignal,
    withinMs = timeoutMs,
  ): Promise<string> => {
    const patience = AbortSignal.timeout(withinMs);
    try {
      const response = await fetch(`${url}/api/2.0/${path}`, {
        ...request,
        headers: {
          ...(authorization !== null && { authorization }),
          ...(contentType && { 'content-type': contentType }),
        },
        // A redirect would lead the credentials elsewhere, or to a page to log in on.
        redirect: 'manual',
        signal: AbortSignal.any([signal, patience]),
      });
      const text = await response.text();
      if (!response.ok) throw mlflowRefusal(url, path, response.status, text);
      return text;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HoldfastError) throw error;
      const reason = patience.aborted ? `no answer within ${withinMs / 1000} s` : reasonOf(error);
      throw new HoldfastError(
        'unavailable',
        `MLflow at ${url} cannot be reached: ${reason}. Tried again later.`,
        {
          cause: error,
        },
      );
    }
  };

  const parse = <T>(path: string, text: string, answer: z.ZodType<T>): T => {
    const result = answer.safeParse(parseJson(text));
    if (result.success) return result.data;
    throw new HoldfastError(
      'unavailable',
      `What answers at ${url} is not MLflow, or not one that we know: to ${path} it said ${shorten(text, 200)}. Check MLFLOW_TRACKING_URI.`,
      { cause: result.error },
    );
  };

  return {
    url,
    get: async (path, query, answer, signal) =>
      parse(path, await send(`${path}?${new URLSearchParams(query).toString()}`, {}, signal), answer),
    post: async (path, body, answer, signal) => {
      const request = {
        method: 'POST',
        contentType: 'application/json',
        body: JSON.stringify(body),
      };
      return parse(path, await send(path, request, signal), answer);
    },
    put: async (path, content, signal) => {
      const withinMs = timeoutMs + Math.ceil(content.size / SLOWEST_UPLOAD_BYTES_PER_MS);
      await send(path, { method: 'PUT', body: content }, signal, withinMs);
    },
  };
}

/** fetch says "fetch failed" and has the reason as its cause. */
function reasonOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || ('code' in inner ? String(inner.code) : inner.name);
}
