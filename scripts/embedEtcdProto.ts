import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

// What etcd3 says at the top of lib/connection-pool.js: it reads and parses its .proto files whenever it is loaded.
const LOAD_FROM_DISK = '(0, proto_loader_1.loadSync)(`${__dirname}/../proto/rpc.proto`, {';
const LOAD_FROM_BUNDLE = "(0, proto_loader_1.fromJSON)(require('../proto/rpc.proto'), {";

interface ProtobufModule {
  readonly Root: new () => { loadSync(file: string, options: { keepCase: boolean }): { toJSON(): unknown } };
}

/** Puts etcd3's service description into the bundle, parsed, so that the bundle is one file and loads without parsing it again. */
export function embedEtcdProto(): Plugin {
  return {
    name: 'embed-etcd-proto',
    setup(build) {
      build.onLoad({ filter: /[\\/]etcd3[\\/]lib[\\/]connection-pool\.js$/ }, ({ path: file }) => {
        const source = readFileSync(file, 'utf8');
        if (!source.includes(LOAD_FROM_DISK)) throw new Error(`${file} no longer loads its .proto files the known way`);
        return { contents: source.replace(LOAD_FROM_DISK, LOAD_FROM_BUNDLE), loader: 'js' };
      });
      build.onLoad({ filter: /[\\/]etcd3[\\/]proto[\\/]rpc\.proto$/ }, ({ path: file }) => ({
        contents: JSON.stringify(new (protobufOfEtcd3(file).Root)().loadSync(file, { keepCase: true }).toJSON()),
        loader: 'json',
      }));
    },
  };
}

// The protobufjs that etcd3 itself would parse with, so that both give the same description.
function protobufOfEtcd3(protoFile: string): ProtobufModule {
  const etcd3 = createRequire(path.join(path.dirname(protoFile), '../lib/index.js'));
  return createRequire(etcd3.resolve('@grpc/proto-loader'))('protobufjs') as ProtobufModule;
}
