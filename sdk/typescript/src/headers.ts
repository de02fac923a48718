/** The header of the key with which a repeated call has one effect. */
export const idempotencyKey = "Idempotency-Key";

/** The tokens that a call with an API key cost, and the balance. */
export interface Tokens {
  cost: number;
  balance: number;
}

/** tokensOf returns the tokens that a call cost, or undefined for a call without an API key. */
export function tokensOf(headers: Headers): Tokens | undefined {
  const cost = headers.get("X-Token-Cost");
  return cost === null ? undefined : { cost: Number(cost), balance: Number(headers.get("X-Token-Balance")) };
}

/** The header that makes a call depend on the state of the resource. */
export const ifMatch = "If-Match";

/** etagOf returns the entity tag of the resource in a response. */
export function etagOf(headers: Headers): string | undefined {
  return headers.get("ETag") ?? undefined;
}

/** errorCodeOf returns the kind of an error. Both doors send it. */
export function errorCodeOf(headers: Headers): string | undefined {
  return headers.get("Alta-Error") ?? undefined;
}

/** requestIDOf returns the ID of a call. */
export function requestIDOf(headers: Headers): string | undefined {
  return headers.get("X-Request-Id") ?? undefined;
}

/** secondsToWait returns the seconds of a Retry-After header, which has a number or a date. */
export function secondsToWait(headers: Headers): number | undefined {
  const text = headers.get("Retry-After")?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const until = Date.parse(text);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - Date.now()) / 1000);
}
