import { parentPort } from 'node:worker_threads';
import { WaymarkError } from '../../../shared/errors';
import { BlockError } from '../format/decode';
import { NotAColumn } from '../scan/notAColumn';
import type { TaskFailure, TaskReply } from './lanes';
import { TaskHandler, type TaskName, type Tasks } from './tasks';

interface TaskMessage {
  readonly id: number;
  readonly name: TaskName;
  readonly input: Tasks[TaskName]['input'];
}

function toFailure(error: unknown): TaskFailure {
  if (error instanceof NotAColumn) return { type: 'notAColumn', message: error.reason };
  if (error instanceof BlockError) return { type: 'block', message: error.message };
  if (error instanceof WaymarkError) return { type: 'waymark', code: error.code, message: error.message };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { type: 'other', message, stack };
}

/** Buffers of an answer that can be handed over instead of copied. */
function ownBuffers(value: unknown, found: Set<ArrayBuffer> = new Set()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    const { buffer } = value;
    if (buffer instanceof ArrayBuffer && value.byteLength > 65_536) found.add(buffer);
  } else if (Array.isArray(value)) {
    for (const item of value.slice(0, 100)) ownBuffers(item, found);
  } else if (value !== null && typeof value === 'object' && !(value instanceof Map)) {
    for (const item of Object.values(value)) ownBuffers(item, found);
  }
  return found;
}

const handler = new TaskHandler();

// A task that can't be read can't be answered: the thread ends, which the asker notices.
parentPort?.on('messageerror', (error) => {
  throw error;
});

parentPort?.on('message', ({ id, name, input }: TaskMessage) => {
  let reply: TaskReply;
  try {
    reply = { id, output: handler.handle(name, input) };
  } catch (error) {
    reply = { id, failure: toFailure(error) };
  }
  const buffers = 'output' in reply && name === 'scan' ? [...ownBuffers(reply.output)] : [];
  parentPort?.postMessage(reply, buffers);
});
