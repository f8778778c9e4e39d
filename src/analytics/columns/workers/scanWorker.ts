import { parentPort } from 'node:worker_threads';
import { WaymarkError } from '../../../shared/errors';
import { BlockError } from '../format/blockError';
import { NotAColumn } from '../scan/notAColumn';
import type { TaskFailure, TaskReply } from './lanes';
import { ownBuffers } from './ownBuffers';
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

const handler = new TaskHandler();

// A task that can't be read can't be answered: the thread ends, which the asker notices.
parentPort?.on('messageerror', (error) => {
  throw error;
});

async function answer({ id, name, input }: TaskMessage): Promise<void> {
  let reply: TaskReply;
  try {
    reply = { id, output: await handler.handle(name, input) };
  } catch (error) {
    reply = { id, failure: toFailure(error) };
  }
  const isLarge = name === 'scan' || name === 'stage';
  const buffers = 'output' in reply && isLarge ? [...ownBuffers(reply.output)] : [];
  parentPort?.postMessage(reply, buffers);
}

parentPort?.on('message', (message: TaskMessage) => void answer(message));
