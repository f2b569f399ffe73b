import { fromBinary, toBinary, type DescMessage, type DescMethod, type DescService } from '@bufbuild/protobuf';
import type { MessageShape } from '@bufbuild/protobuf';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { Metadata, ServerUnaryCall, sendUnaryData, ServiceDefinition } from '@grpc/grpc-js';
import type { TestCertificates } from './certificates.ts';

/** `server`: TLS with the server certificate; `mutual`: clients must also show the client certificate. */
export interface ServerTls {
  readonly kind: 'server' | 'mutual';
  readonly certificates: TestCertificates;
}

/** An error that a handler gives as its answer: a gRPC status and its text. */
export class StatusError extends Error {
  readonly code: number;

  constructor(code: number, details: string) {
    super(details);
    this.code = code;
  }
}

/** Answers one call by its method's name (`RefreshState`); rejects with a StatusError. */
export type Handler = (method: string, request: MessageShape<DescMessage>, metadata: Metadata) => Promise<object>;

/** A gRPC server on the loopback address that can go away and come back on the same port. */
export class LoopbackServer {
  /** 0 until the first `listen`. */
  port = 0;
  /** The bytes of every request, as they came. */
  readonly requests: { readonly path: string; readonly bytes: Buffer }[] = [];
  private readonly service: DescService;
  private readonly handler: Handler;
  private readonly tls: ServerTls | undefined;
  private server: Server | undefined;

  constructor(service: DescService, handler: Handler, tls?: ServerTls) {
    this.service = service;
    this.handler = handler;
    this.tls = tls;
  }

  async listen(): Promise<void> {
    if (this.server !== undefined) return;
    const server = new Server();
    this.server = server;
    server.addService(this.definition(), this.handlers());
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, serverCredentials(this.tls), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  /** Ends all connections at once, as when the process is killed: the port then refuses. */
  close(): void {
    this.server?.forceShutdown();
    this.server = undefined;
  }

  private definition(): ServiceDefinition {
    return Object.fromEntries(this.service.methods.map((method) => [method.name, this.methodDefinition(method)]));
  }

  private methodDefinition({ name, input, output }: DescMethod): ServiceDefinition[string] {
    const path = `/${this.service.typeName}/${name}`;
    return {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: () => {
        throw new Error('a server sends no requests');
      },
      requestDeserialize: (bytes) => {
        this.requests.push({ path, bytes });
        return fromBinary(input, bytes);
      },
      responseSerialize: (message: MessageShape<typeof output>) => Buffer.from(toBinary(output, message)),
      responseDeserialize: () => {
        throw new Error('a server gets no responses');
      },
    };
  }

  private handlers(): Record<string, (call: Call, done: sendUnaryData<object>) => void> {
    return Object.fromEntries(
      this.service.methods.map(({ name }) => [
        name,
        (call: Call, done: sendUnaryData<object>): void => {
          this.handler(name, call.request, call.metadata).then(
            (response) => {
              done(null, response);
            },
            (error: unknown) => {
              done(error as StatusError);
            },
          );
        },
      ]),
    );
  }
}

type Call = ServerUnaryCall<MessageShape<DescMessage>, object>;

function serverCredentials(tls: ServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  const { authority, server } = tls.certificates;
  const pairs = [{ private_key: server.key, cert_chain: server.certificate }];
  return ServerCredentials.createSsl(authority, pairs, tls.kind === 'mutual');
}
