import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { png } from '../../src/viz/png';
import { writeNpz } from './npz';
import { tarOf } from './tar';

const record = (...labels: number[]) => Buffer.concat([Buffer.from(labels), Buffer.alloc(3072, 255)]);
const idx = (label: number) => ({
  'images-idx3-ubyte.gz': gzipSync(Buffer.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 255)),
  'labels-idx1-ubyte.gz': gzipSync(Buffer.of(0, 0, 8, 1, 0, 0, 0, 1, label)),
});

/** A data folder of sets as their authors publish them, of one or two samples each. */
export function publishSets(at: (name: string) => string): void {
  const save = (name: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), bytes);
  };
  const archive = (name: string, files: Record<string, Buffer>): void => save(name, gzipSync(tarOf(files)));
  archive('cifar10/cifar-10-binary.tar.gz', { 'c/data_batch_1.bin': record(3), 'c/test_batch.bin': record(4) });
  archive('cifar100/cifar-100-binary.tar.gz', { 'c/train.bin': record(3, 55) });
  archive('purchase100/dataset_purchase.tgz', { dataset_purchase: Buffer.from('100,1,0\n1,0,1\n') });
  archive('location30/dataset_location.tgz', { bangkok: Buffer.from('"30","1"\n"1","0"\n') });
  archive('texas100/dataset_texas.tgz', { 't/feats': Buffer.from('1,0\n'), 't/labels': Buffer.from('100\n') });
  for (const [part, label] of [
    ['train', 7],
    ['t10k', 8],
  ] as const)
    for (const [name, bytes] of Object.entries(idx(label))) save(`fashionMnist/${part}-${name}`, bytes);
  writeNpz(at('retinamnist.npz'), {
    train_images: { shape: [1, 1, 1, 3], data: Uint8Array.of(255, 0, 0) },
    train_labels: { shape: [1, 1], data: Uint8Array.of(4) },
  });
  for (const label of ['benign', 'malignant'])
    save(`pictures/${label}/1.png`, png({ height: 2, width: 3, channels: 1, bytes: new Uint8Array(6) }));
  save('patients.csv', Buffer.from('age,sex,label\n61,f,yes\n44,m,no\n'));
}
