// What a simulator says of a service that falls behind. Knows nothing of how it can tell.

export interface Overload {
  readonly overloaded: boolean;
  /** In words, with figures; empty where the service keeps up. */
  readonly evidence: string;
}
