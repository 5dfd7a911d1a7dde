/** Ends the kernel together with the processes that cells started: Jupyter makes the kernel the head of their group. */
export function leave(): void {
  process.on('SIGTERM', () => undefined);
  try {
    if (process.platform !== 'win32') process.kill(-process.pid, 'SIGTERM');
  } catch {
    // not the head of a group: started from a shell, which looks after its own
  }
  process.exit(0);
}
