/**
 * Payments are numbered in the order in which they were made. Where several processes write, each numbers its own: the ordinals
 * of one writer are far more than it will ever need, and 2^12 times that fits a double. Above them begin those of the next.
 */
export const ORDINALS_PER_WRITER = 2 ** 40;
