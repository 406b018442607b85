/** An answer of the API server that is no success, as a Status. */
export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: unknown;
  constructor(code: number, reason: string, message: string, details?: unknown) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export const statusOf = ({ code, reason, message, details }: ApiError) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details !== undefined && { details }),
  code,
});

export const notFound = (plural: string, name: string) =>
  new ApiError(404, 'NotFound', `${plural} "${name}" not found`, { name, kind: plural });

/** What the practice cluster does not do; said, not made up. */
export const notSimulated = (what: string) =>
  new ApiError(501, 'NotImplemented', `the practice cluster does not simulate ${what}`);
