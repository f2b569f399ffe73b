import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startProxy } from './tcpProxy.ts';
import type { TcpProxy } from './tcpProxy.ts';

describe('startProxy', () => {
  let server: net.Server;
  let proxy: TcpProxy;
  let received = '';
  const clients: Socket[] = [];
  const connect = (): Socket & { readonly text: () => string } => {
    let text = '';
    const client = net.connect({ host: '127.0.0.1', port: Number(proxy.address.split(':')[1]) });
    client.on('data', (data) => (text += data.toString()));
    client.on('error', () => undefined);
    clients.push(client);
    return Object.assign(client, { text: () => text });
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await delay(2);
  };

  beforeEach(async () => {
    received = '';
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => {
        received += data.toString();
        socket.write(data);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startProxy(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.stop();
    server.close();
  });

  it('forwards both ways and counts what clients send', async () => {
    const client = connect();
    client.write('hello');
    await until(() => client.text() === 'hello');
    assert.equal(proxy.clientBytes(), 5);
  });

  it('drops open and new connections', async () => {
    const client = connect();
    client.write('a');
    await until(() => client.text() === 'a');
    proxy.set({ kind: 'drop' });
    await once(client, 'close');
    const other = connect();
    await once(other, 'close');
  });

  it('delays', async () => {
    proxy.set({ kind: 'delay', milliseconds: 100 });
    const client = connect();
    const start = performance.now();
    client.write('slow');
    await until(() => client.text() === 'slow');
    assert.ok(performance.now() - start >= 190);
  });

  it('passes nothing on while half-open', async () => {
    proxy.set({ kind: 'half-open' });
    const client = connect();
    client.write('lost');
    await delay(100);
    assert.equal(received, '');
    assert.equal(client.destroyed, false);
  });

  it('swallows answers alone', async () => {
    proxy.set({ kind: 'swallow-answers' });
    const client = connect();
    client.write('heard');
    await until(() => received === 'heard');
    await delay(50);
    assert.equal(client.text(), '');
  });

  it('cuts after so many bytes of the client, and forwards again', async () => {
    proxy.set({ kind: 'cut', afterClientBytes: 7 });
    const client = connect();
    client.write('abcd');
    await until(() => received === 'abcd');
    client.write('efgh');
    await once(client, 'close');
    await until(() => received === 'abcdefg');
    const other = connect();
    other.write('!');
    await until(() => other.text() === '!');
  });
});
