/** Lets timers, messages and signals through: done at the next turn of the event loop. */
export function nextTurn(): Promise<void> {
  // a browser has no setImmediate, which is the shorter turn
  return new Promise((done) => void (typeof setImmediate === 'function' ? setImmediate(done) : setTimeout(done)));
}
