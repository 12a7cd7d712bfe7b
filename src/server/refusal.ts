// Why a request is not answered though nothing is wrong with warplab: a WarplabError that knows its HTTP status. Knows no route.
import { type ErrorDetails, WarplabError } from "../core/errors.js";

export interface RefusalDetails extends ErrorDetails {
  /** Seconds after which asking again makes sense: the header Retry-After. */
  readonly retryAfter?: number;
}

/** Answered as `{"error"}` with this status. InputError is 400 and needs none. */
export class Refusal extends WarplabError {
  override readonly name: string = "Refusal";
  readonly retryAfter: number | undefined;

  constructor(
    readonly status: 403 | 404 | 409 | 413 | 415 | 422 | 499 | 503 | 507,
    what: string,
    { retryAfter, ...details }: RefusalDetails = {},
  ) {
    super(what, details);
    this.retryAfter = retryAfter;
  }
}
