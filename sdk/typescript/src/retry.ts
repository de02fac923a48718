import { ConnectionError, InvalidResponseError } from "./errors.js";
import { errorCodeOf, idempotencyKey, ifMatch, secondsToWait } from "./headers.js";

/** Fetch makes a call. It takes a Request, as openapi-fetch makes it. */
export type Fetch = (request: Request) => Promise<Response>;

/** Retries bounds the repetitions of a call and the waits before them. */
export interface Retries {
  /** The largest number of repetitions. 0 turns retries off. */
  retries: number;
  /** The longest wait before an attempt, in seconds. If the server asks for a longer one, the call fails at once. */
  maxWait: number;
}

const firstWait = 0.25; // seconds; each later one is twice as long
const repeatableMethods = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const passingStatuses = new Set([500, 502, 503, 504]);

/**
 * withRetries returns a fetch that repeats a failed call if that may help and does no harm. `read` reads the body as part of an attempt.
 * If no attempt gets a whole response, it throws a {@link ConnectionError}; if the body is not what was promised, the
 * {@link InvalidResponseError} of `read`. If the caller aborts the call, it throws the signal's reason.
 */
export function withRetries(fetch: Fetch, { retries, maxWait }: Retries, read: (response: Response) => Promise<Response>): Fetch {
  return async (request) => {
    for (let tries = 1; ; tries++) {
      const isLast = tries > retries;
      let wait = backOff(tries, maxWait);
      try {
        const response = await fetch(isLast ? request : request.clone());
        const useful = isLast ? undefined : await waitAfter(response, request, wait);
        if (useful === undefined || useful > maxWait) return await read(response);
        await response.body?.cancel().catch(() => undefined); // it may have broken off
        wait = useful;
      } catch (error) {
        request.signal.throwIfAborted();
        if (isLast || !isRepeatable(request)) throw error instanceof InvalidResponseError ? error : new ConnectionError(tries, error);
      }
      await pause(wait, request.signal);
    }
  };
}

/** isRepeatable reports whether a call can be repeated if its outcome is not known. */
function isRepeatable(request: Request): boolean {
  if (request.headers.has(idempotencyKey)) return true;
  // If a call with If-Match has been done, its repetition would be 412.
  return repeatableMethods.has(request.method) && !request.headers.has(ifMatch);
}

/** waitAfter returns the seconds after which another attempt may help, or undefined if none does. */
async function waitAfter(response: Response, request: Request, backOff: number): Promise<number | undefined> {
  const { status, headers } = response;
  const asked = secondsToWait(headers);
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? backOff; // the server has done nothing
  if (status === 409) { // final, unless the first call with this key is still in progress
    return asked ?? ((await codeOf(response)) === "idempotency_conflict" ? backOff : undefined);
  }
  if (!passingStatuses.has(status) || !isRepeatable(request)) return undefined;
  // This one is final: the account has been created, and only its mail was not sent.
  return (await codeOf(response)) === "mail_failed" ? undefined : (asked ?? backOff);
}

async function codeOf(response: Response): Promise<unknown> {
  const code = errorCodeOf(response.headers);
  if (code !== undefined) return code;
  try {
    return (JSON.parse(await response.clone().text()) as { code?: unknown }).code;
  } catch {
    return undefined;
  }
}

/** backOff returns a random wait, so that many clients do not retry at the same time. */
function backOff(tries: number, maxWait: number): number {
  return Math.min(maxWait, firstWait * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const giveUp = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", giveUp);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", giveUp, { once: true });
  });
}
