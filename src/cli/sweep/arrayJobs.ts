import { quoted } from './shell';

/** A sweep cut into shards, as a script starts it. */
export interface ArrayJob {
  readonly sweep: string;
  /** options as typed */
  readonly options: readonly string[];
  readonly out: string;
  readonly shards: number;
  /** threads of a shard */
  readonly workers: number;
  /** container image, and the claim of the volume that all shards write to */
  readonly image: string;
  readonly claim: string;
}

/** How the program is called: EXAN names another one, such as an absolute path. */
const program = `\${EXAN:-npx exan}`;

/** An array of SLURM, one task a shard, to be given to sbatch. */
export function slurm(job: ArrayJob): string {
  return `#!/bin/bash
#SBATCH --job-name=exan-${job.sweep}
#SBATCH --array=1-${job.shards}
#SBATCH --cpus-per-task=${job.workers}
#SBATCH --time=04:00:00
# Submit it with sbatch where exan is installed, or set EXAN to the command that runs it there. Set the time to what your cluster
# allows: a task that is cut short goes on where it ended when the script is submitted again.
# When all tasks are done: npx exan sweep merge ${quoted([job.out])}
set -euo pipefail
exec ${shard(job, '"$SLURM_ARRAY_TASK_ID/%"')}
`;
}

/** All shards on this machine, as many at once as it has cores, by GNU parallel. */
export function parallel(job: ArrayJob): string {
  return `#!/bin/bash
# Needs GNU parallel (apt-get install parallel). Stopped and started again it goes on where it ended.
set -euo pipefail
seq ${job.shards} | parallel --quote ${shard(job, '{}/%')}
${program} sweep merge ${quoted([job.out])} --fail-on gaps
`;
}

/** An indexed job of Kubernetes, one pod a shard, on a volume that all of them mount. */
export function kubernetes(job: ArrayJob): string {
  // an index counts from 0; $(...) would be Kubernetes' own
  const line = `exec ${shard(job, '"`expr $JOB_COMPLETION_INDEX + 1`/%"')}`;
  return `# kubectl apply -f it. The image has node and exan; the claim is a volume that many pods may write to (ReadWriteMany).
# When the job is complete, on the same volume: npx exan sweep merge ${quoted([job.out])}
apiVersion: batch/v1
kind: Job
metadata:
  name: exan-${job.sweep}
spec:
  completionMode: Indexed
  completions: ${job.shards}
  parallelism: ${Math.min(job.shards, 10)}
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: exan
          image: ${JSON.stringify(job.image)}
          workingDir: /work
          command: ["sh", "-c"]
          args:
            - ${JSON.stringify(line)}
          resources:
            requests:
              cpu: "${job.workers}"
          volumeMounts:
            - name: work
              mountPath: /work
      volumes:
        - name: work
          persistentVolumeClaim:
            claimName: ${JSON.stringify(job.claim)}
`;
}

/** The command of one shard; % stands for how many there are. */
function shard({ sweep, options, shards }: ArrayJob, which: string): string {
  return `${program} sweep ${quoted([sweep, ...options])} --shard ${which.replace('%', String(shards))}`;
}
