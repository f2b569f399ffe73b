import { readFileSync } from 'node:fs';
import { fromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import {
  GetKeyspacesResponseSchema,
  GetTabletsResponseSchema,
  GetTopologyPathResponseSchema,
  GetWorkflowsResponseSchema,
  WorkflowStatusResponseSchema,
  type GetTopologyPathRequest,
  type GetWorkflowsRequest,
  type WorkflowStatusRequest,
} from '../../src/records/gen/vtctldata_pb.js';
import { StatusError } from './grpcServer.ts';
import type { VtctldAnswers } from './vtctldStandIn.ts';

const folder = 'test/captures/grpc';

/** The bytes of a request as a real client sent them, or of a response as a real vtctld gave it. */
export function capturedBytes(name: string): Buffer {
  return readFileSync(`${folder}/${name}.bin`);
}

function response<Desc extends DescMessage>(schema: Desc, name: string): MessageShape<Desc> {
  return fromBinary(schema, capturedBytes(`${name}.response`));
}

/** What a real vtctld answered at the moment of the captures in `grpc`: only commerce2customer_reverse is there. */
export const capturedAnswers: VtctldAnswers = {
  GetKeyspaces: () => response(GetKeyspacesResponseSchema, 'GetKeyspaces'),
  GetTablets: () => response(GetTabletsResponseSchema, 'GetTablets'),
  GetWorkflows: ({ keyspace }: GetWorkflowsRequest) => response(GetWorkflowsResponseSchema, `GetWorkflows-${keyspace}`),
  WorkflowStatus: ({ keyspace, workflow }: WorkflowStatusRequest) => {
    if (workflow !== 'gone') return response(WorkflowStatusResponseSchema, `WorkflowStatus-${keyspace}-${workflow}`);
    throw capturedError('WorkflowStatus-customer-gone');
  },
  GetTopologyPath: ({ path }: GetTopologyPathRequest) => {
    const names: Readonly<Record<string, string>> = {
      '/': 'root',
      '/global/RoutingRules': 'global-RoutingRules',
      '/global/keyspaces/customer/shards/-80/Shard': 'Shard',
    };
    const name = names[path];
    if (name === undefined) throw new StatusError(status.UNKNOWN, `no capture of ${path}`);
    return response(GetTopologyPathResponseSchema, `GetTopologyPath-${name}`);
  },
};

function capturedError(name: string): StatusError {
  const { code, details } = JSON.parse(readFileSync(`${folder}/${name}.error.json`, 'utf8')) as {
    code: number;
    details: string;
  };
  return new StatusError(code, details);
}
