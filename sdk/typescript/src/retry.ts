import { ConnectionError } from "./errors.js";
import { idempotencyKey, secondsToWait } from "./headers.js";

/** Fetch takes a whole request, as openapi-fetch makes it. */
export type Fetch = (request: Request) => Promise<Response>;

/** Retries bounds how often a call is made again, and how long one wait is. */
export interface Retries {
  /** How often a call is made again, at most. 0 switches it off. */
  retries: number;
  /** The longest wait before a try, in seconds. Where the server asks for a longer one, the call fails at once. */
  maxWait: number;
}

const firstWait = 0.25; // seconds; each later one is twice as long
const repeatableMethods = new Set(["GET", "HEAD", "PUT", "DELETE"]);
const passingStatuses = new Set([500, 502, 503, 504]);

/**
 * withRetries returns a fetch that makes a call again when that may help and does no harm. It throws a
 * {@link ConnectionError} when no try is answered, and the signal's reason when the caller gives up.
 */
export function withRetries(fetch: Fetch, { retries, maxWait }: Retries): Fetch {
  return async (request) => {
    for (let tries = 1; ; tries++) {
      const isLast = tries > retries;
      let wait = backOff(tries, maxWait);
      try {
        const response = await fetch(isLast ? request : request.clone());
        const useful = isLast ? undefined : await waitAfter(response, request, wait);
        if (useful === undefined || useful > maxWait) return response;
        await response.body?.cancel();
        wait = useful;
      } catch (error) {
        request.signal.throwIfAborted();
        if (isLast || !isRepeatable(request)) throw new ConnectionError(tries, error);
      }
      await pause(wait, request.signal);
    }
  };
}

/** isRepeatable says whether a call that may have been made already can be made again. */
function isRepeatable(request: Request): boolean {
  return repeatableMethods.has(request.method) || request.headers.has(idempotencyKey);
}

/** waitAfter returns after how many seconds another try may help, or undefined where none does. */
async function waitAfter(response: Response, request: Request, backOff: number): Promise<number | undefined> {
  const { status, headers } = response;
  const asked = secondsToWait(headers);
  if (status === 429 || (status === 503 && asked !== undefined)) return asked ?? backOff; // nothing was done
  if (status === 409) { // for good, unless the first call with this key is still under way
    return asked ?? ((await codeOf(response)) === "idempotency_conflict" ? backOff : undefined);
  }
  if (!passingStatuses.has(status) || !isRepeatable(request)) return undefined;
  // This one is for good: the account is there, and only its mail was not sent.
  return (await codeOf(response)) === "mail_failed" ? undefined : (asked ?? backOff);
}

async function codeOf(response: Response): Promise<unknown> {
  try {
    return (JSON.parse(await response.clone().text()) as { code?: unknown }).code;
  } catch {
    return undefined;
  }
}

/** backOff spreads the tries of many clients, so that they do not come back all at once. */
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
