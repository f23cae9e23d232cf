/**
 * Several writes in one transaction: all are applied, or none is and the first refusal is thrown.
 * ShotGrid REST: `POST /entity/_batch` takes create, update and delete, answers in order, and does not say which
 * element failed. The id key is `record_id`; anything else is read as 0.
 */
import { unreadable, type Api, type CallOptions } from './api.ts';
import { checkEntityType, checkRowId } from './entity-path.ts';
import { isRecord, own, ownPath } from './json.ts';
import { parseRow, type Row } from './rows.ts';

export type FieldValues = Readonly<Record<string, unknown>>;

export type BatchRequest =
  | { readonly operation: 'create'; readonly entityType: string; readonly data: FieldValues }
  | { readonly operation: 'update'; readonly entityType: string; readonly id: number; readonly data: FieldValues }
  | { readonly operation: 'delete'; readonly entityType: string; readonly id: number };

/** In the order of the requests. `row.fields` holds what the site echoed, which is no proof: read back to be sure. */
export type BatchResult =
  | { readonly operation: 'create' | 'update'; readonly row: Row }
  | { readonly operation: 'delete'; readonly entityType: string; readonly id: number; readonly didDelete: boolean };

/** @throws OutcomeUnknownError also when a success does not answer request for request. */
export async function sendBatch(
  api: Api,
  requests: readonly BatchRequest[],
  options: CallOptions | undefined,
): Promise<BatchResult[]> {
  if (requests.length === 0) return [];
  const body = await api({
    operation: 'batch',
    kind: 'write',
    method: 'POST',
    path: '/entity/_batch',
    body: { requests: requests.map(onTheWire) },
    options,
  });
  const data = ownPath(body, 'data');
  if (!Array.isArray(data) || data.length !== requests.length) throw unreadable('write');
  return requests.map((request, index) => parseResult(request, data[index]));
}

function onTheWire(request: BatchRequest): Readonly<Record<string, unknown>> {
  const entity = checkEntityType(request.entityType);
  switch (request.operation) {
    case 'create':
      return { request_type: 'create', entity, data: request.data };
    case 'update':
      return { request_type: 'update', entity, record_id: checkRowId(request.id), data: request.data };
    case 'delete':
      return { request_type: 'delete', entity, record_id: checkRowId(request.id) };
  }
}

function parseResult(request: BatchRequest, result: unknown): BatchResult {
  if (request.operation === 'delete') {
    if (!isRecord(result) || own(result, 'id') !== request.id) throw unreadable('write');
    const { operation, entityType, id } = request;
    return { operation, entityType, id, didDelete: own(result, 'did_delete') === true };
  }
  const row = parseRow(ownPath(result, 'data'));
  if (row?.type !== request.entityType) throw unreadable('write');
  if (request.operation === 'update' && row.id !== request.id) throw unreadable('write');
  return { operation: request.operation, row };
}
