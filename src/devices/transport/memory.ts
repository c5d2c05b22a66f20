import { Duplex } from 'node:stream';
import { linkFault, type TransportFault } from './fault.ts';
import { LossSignal, type Transport } from './link.ts';

/** The far side of a memory transport: what a test or a demo does with the "device". */
export interface MemoryPeer {
  /** Everything written so far, over all links. */
  written(): Buffer;
  /** Bytes from the device; nothing happens when no link is open. */
  send(bytes: Uint8Array): void;
  /** The open link is lost. */
  unplug(): void;
  /** Opening fails with this fault from now on; null = it succeeds again. */
  refuse(fault: TransportFault | null): void;
  /** How many links were opened. */
  opened(): number;
  /** Called for each chunk the program writes: a fake device answers here. */
  onWrite(listener: (chunk: Buffer) => void): void;
}

/** A device inside the process: no tty, no socket, no time of its own. */
export function memoryTransport(keepsOpen = false): { transport: Transport; peer: MemoryPeer } {
  const chunks: Buffer[] = [];
  let refusal: TransportFault | null = null;
  let openCount = 0;
  let current: { stream: Duplex; loss: LossSignal } | null = null;
  let listener: (chunk: Buffer) => void = () => undefined;
  const transport: Transport = {
    answers: true,
    keepsOpen,
    async open() {
      if (refusal !== null) throw linkFault(refusal);
      openCount++;
      const loss = new LossSignal();
      const stream = new Duplex({
        read: () => undefined,
        write(chunk: Buffer, _encoding, done) {
          if (loss.fault !== null) return done(linkFault(loss.fault));
          chunks.push(Buffer.from(chunk));
          done();
          listener(chunk);
        },
      });
      stream.on('error', () => loss.report('lost'));
      current = { stream, loss };
      return {
        stream,
        onLost: (heard) => loss.listen(heard),
        async finish() {
          if (loss.fault !== null) throw linkFault(loss.fault);
        },
        async close() {
          loss.silence();
          stream.destroy();
          current = null;
        },
      };
    },
  };
  return {
    transport,
    peer: {
      written: () => Buffer.concat(chunks),
      send: (bytes) => void current?.stream.push(Buffer.from(bytes)),
      unplug: () => current?.loss.report('lost'),
      refuse(fault) {
        refusal = fault;
      },
      opened: () => openCount,
      onWrite(heard) {
        listener = heard;
      },
    },
  };
}
