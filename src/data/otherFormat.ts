import { basename } from 'node:path';
import { InputError } from '../check';
import type { ByteSource } from './byteSource';

/**
 * Throws when a file that should be safetensors is one of PyTorch's or NumPy's own formats, with the three lines of Python that
 * convert it. They are not read here: PyTorch's are pickles, which run code when they are opened.
 *
 * @param source opens the message
 * @throws InputError
 */
export function refuseOther(source: string, path: string, bytes: ByteSource): void {
  const format = formatOf(Buffer.from(bytes.read(0, 512)));
  if (!format) return;
  const target = `${basename(path).replace(/\.[^.]*$/, '')}.safetensors`;
  throw new InputError(
    `${source} is ${format.words}, expected safetensors; ${format.needs}`,
    format.lines(JSON.stringify(path), JSON.stringify(target)),
  );
}

interface Format {
  readonly words: string;
  readonly needs: string;
  readonly lines: (from: string, to: string) => readonly string[];
}

const pytorch = {
  needs:
    'convert it where Python has torch and safetensors (a whole module instead of a state_dict: pass torch.save its state_dict() first):',
  lines: (from: string, to: string) => [
    'import torch; from safetensors.torch import save_file',
    `state = torch.load(${from}, map_location="cpu", weights_only=True)`,
    `save_file({name: t.clone() for name, t in state.get("state_dict", state).items()}, ${to})`,
  ],
};

const numpy = {
  needs: 'convert it where Python has numpy and safetensors:',
  lines: (from: string, to: string) => [
    'import numpy; from safetensors.numpy import save_file',
    `arrays = numpy.load(${from})`,
    `save_file({name: numpy.ascontiguousarray(arrays[name]) for name in arrays.files}, ${to})`,
  ],
};

/** What is known by its first bytes only: how its tensors are had depends on what wrote it. */
const unknown = {
  needs:
    'write its tensors with save_file(tensors, path) of safetensors.torch, .numpy or .tensorflow, named fc1.weight, fc1.bias, …',
  lines: (): readonly string[] => [],
};

/** By the first bytes; a zip archive has the name of its first entry there. */
function formatOf(start: Buffer): Format | undefined {
  if (start.length < 32) return undefined;
  if (start.readUInt32LE(0) === 0x04034b50) {
    const first = start.toString('latin1', 30, 30 + start.readUInt16LE(26));
    if (first.endsWith('.npy')) return { words: 'a NumPy archive (.npz)', ...numpy };
    if (/(^|\/)data\.pkl$/.test(first)) return { words: 'a file of torch.save (.pt, .pth, .ckpt)', ...pytorch };
    return { words: 'a zip archive', ...unknown };
  }
  if (start.toString('latin1', 0, 4) === '\x89HDF') return { words: 'an HDF5 file (Keras .h5)', ...unknown };
  const [pickle = 0, version = 0] = start;
  const header = start[8] === 0x7b; // that of a safetensors file may be 640 bytes long, which is 80 02 too
  if (pickle !== 0x80 || version < 2 || version > 5 || header) return undefined;
  return { words: 'a pickle, as older torch.save writes (.pt, .pth)', ...pytorch };
}
