// What a child inherits: nothing but what chooses the kernels and what Windows cannot start without.

const KEPT = ['EXHIBIT_HASH_NATIVE', 'EXHIBIT_HASH_ISA', 'SystemRoot', 'windir']

export function childEnvironment(own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const values = KEPT.map((name) => [name, process.env[name]] as const).filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(values), ...own }
}
