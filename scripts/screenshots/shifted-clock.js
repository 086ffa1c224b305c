/**
 * Loaded before a server (`node --import`) that is to live in the past: its clock is CLOCK_SHIFT_MS behind, and runs as
 * fast as ever.
 */
import process from 'node:process';

const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const now = Date.now.bind(Date);
Date.now = () => now() - shiftMs;
