/** A log line of the job service. `source` is the file and line in Harbor that wrote it. */
export function logLine(level: 'INFO' | 'ERROR' | 'WARNING', source: string, message: string): string {
  return `${new Date().toISOString().replace(/\.\d+Z$/, 'Z')} [${level}] [/src/${source}]: ${message.replace(/\n$/, '')}\n`;
}
