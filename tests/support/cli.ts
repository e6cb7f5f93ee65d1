// Runs the real command line as a process.

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface CliResult {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** Lines of standard output as JSON. */
  records<T = Record<string, unknown>>(): T[]
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string | Uint8Array
  readonly uid?: number
  /** Writing beyond it fails, as on a full disk. */
  readonly fileLimitKiB?: number
}

type StartOptions = Omit<CliOptions, 'stdin'>

function spawnCli(
  args: readonly string[],
  { cwd, env, uid, fileLimitKiB }: StartOptions
): ChildProcessWithoutNullStreams {
  const command = [process.execPath, CLI, ...args]
  const limited = ['bash', '-c', `trap '' XFSZ; ulimit -f ${fileLimitKiB}; exec "$@"`, 'bash', ...command]
  const [program, ...rest] = fileLimitKiB === undefined ? command : limited
  return spawn(program, rest, {
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid: uid }),
    env: { ...process.env, ...env }
  })
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options)
  const result = resultOf(child)
  // A command that ends without reading its input closes the pipe.
  child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  return result
}

export interface RunningCli {
  readonly pid: number
  readonly stdin: ChildProcessWithoutNullStreams['stdin']
  readonly result: Promise<CliResult>
  kill(signal: NodeJS.Signals): void
  /** What it has written on standard output so far. */
  stdoutSoFar(): string
}

/** Starts the command line and leaves its standard input open. It does not outlive the test. */
export function startCli(args: readonly string[], options: StartOptions = {}): RunningCli {
  const child = spawnCli(args, options)
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stdin.on('error', () => undefined)
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    result: resultOf(child),
    kill: (signal) => void child.kill(signal),
    stdoutSoFar: () => stdout
  }
}

function resultOf(child: ChildProcessWithoutNullStreams): Promise<CliResult> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout, stderr, records: <T>() => jsonLines<T>(stdout) }))
  })
}

/** Lines of text as JSON. */
export function jsonLines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}
