import { Channel } from '@grpc/grpc-js';

/** What is told of one gRPC call of this process. */
export interface CallObserver {
  /** Before anything of it is sent; `method` is e.g. `/etcdserverpb.KV/Txn`. */
  readonly before: (method: string) => void;
  /** When its answer is there, before anybody gets it. */
  readonly after: (method: string) => void;
}

// A lease is renewed when its time has come, which is not a step of a run.
const RENEWAL = '/etcdserverpb.Lease/LeaseKeepAlive';

/** Has every gRPC call that this process makes from now on told, whichever client makes it; renewals of leases are left out. */
export function observeCalls(observer: CallObserver): void {
  const { prototype } = Channel;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this` below
  const { createCall } = prototype;
  prototype.createCall = function (this: Channel, method, ...rest) {
    if (method === RENEWAL) return createCall.call(this, method, ...rest);
    observer.before(method);
    const call = createCall.call(this, method, ...rest);
    const start = call.start.bind(call);
    call.start = (metadata, listener) => {
      start(metadata, {
        onReceiveMetadata: (received) => {
          listener.onReceiveMetadata(received);
        },
        onReceiveMessage: (message) => {
          listener.onReceiveMessage(message);
        },
        onReceiveStatus: (status) => {
          observer.after(method);
          listener.onReceiveStatus(status);
        },
      });
    };
    return call;
  };
}
