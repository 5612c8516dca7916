/** A line as the job service writes it. `source` is the file and line in Harbor that said it. */
export function logLine(level: 'INFO' | 'ERROR' | 'WARNING', source: string, message: string): string {
  return `${new Date().toISOString().replace(/\.\d+Z$/, 'Z')} [${level}] [/src/${source}]: ${message.replace(/\n$/, '')}\n`;
}
