const { readFileSync } = require('node:fs');

/**
 * Kibibytes this process has held at most. Not `resourceUsage().maxRSS` on Linux: the kernel carries that figure over
 * fork and exec, so that a child begins with the memory of whoever started it (VmHWM belongs to the program alone).
 */
function peakKiB() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

module.exports = { peakKiB };
