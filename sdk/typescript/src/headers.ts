/** The header under which a call that is made again is made once. */
export const idempotencyKey = "Idempotency-Key";

/** What a call by API key took, and what is left. */
export interface Tokens {
  cost: number;
  balance: number;
}

/** tokensOf returns what a call took. Calls that are not by API key take nothing. */
export function tokensOf(headers: Headers): Tokens | undefined {
  const cost = headers.get("X-Token-Cost");
  return cost === null ? undefined : { cost: Number(cost), balance: Number(headers.get("X-Token-Balance")) };
}

/** requestIDOf returns the id of a call. */
export function requestIDOf(headers: Headers): string | undefined {
  return headers.get("X-Request-Id") ?? undefined;
}

/** secondsToWait returns the seconds of a Retry-After header, which gives them or a date. */
export function secondsToWait(headers: Headers): number | undefined {
  const text = headers.get("Retry-After")?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - Date.now()) / 1000);
}
