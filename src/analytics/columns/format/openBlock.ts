import type { BlockColumns } from './blockColumns';
import { BlockError } from './blockError';
import { readIndex } from './blockIndex';
import { PackedBlock, packedColumns } from './packedBlock';

/**
 * Opens what `encodeBlock` wrote. Where the block has an index no column is unpacked before it is read.
 * @throws BlockError when the bytes are cut off, corrupt or of a newer version; its columns throw it too
 */
export async function openBlock(bytes: Uint8Array): Promise<BlockColumns> {
  try {
    const found = readIndex(bytes);
    if (found) return new PackedBlock(packedColumns(bytes, found.index, found.extraBytes));
    // A thread that scans is there sooner, and smaller, without Arrow, which old blocks alone need.
    const { ArrowBlock } = await import('./arrowBlock');
    return new ArrowBlock(bytes);
  } catch (cause) {
    if (cause instanceof BlockError) throw cause;
    throw new BlockError('The block is not a readable Arrow stream.', { cause });
  }
}
