/**
 * What every program of ours tells the Node it runs on; the image says it in its own first line.
 *
 * One thread that helps V8, not four. It collects garbage for the thread that takes payments and for the one that delivers,
 * in stretches of some milliseconds: four of them, on few processors, were what payments waited for most.
 */
export const NODE_FLAGS = ['--v8-pool-size=1'];
