// ImageMagick's security policy here: the coders of the formats that are decoded with it, and nothing else that runs,
// reads or writes.

/** Coders by the format that was sniffed. The coder is named with every call, so content cannot choose another. */
export const CODERS = { jxl: 'JXL', jp2: 'JP2', psd: 'PSD', psb: 'PSB' } as const

export type MagickFormatName = keyof typeof CODERS

/** The sources that those coders are in. */
const MODULES = ['JXL', 'JP2', 'PSD']

const DENIED_DOMAINS = ['coder', 'delegate', 'filter', 'module', 'path']

const rule = (domain: string, rights: string, pattern: string) =>
  `<policy domain="${domain}" rights="${rights}" pattern="${pattern}"/>`

/** policy.xml: later rules win, so everything is denied first. */
export const POLICY = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<policymap>',
  ...DENIED_DOMAINS.map((domain) => rule(domain, 'none', '*')),
  ...Object.values(CODERS).map((coder) => rule('coder', 'read', coder)),
  ...MODULES.map((module) => rule('module', 'read|write', module)),
  '</policymap>'
].join('\n')

/** log.xml: nothing is logged. */
export const NO_LOG = '<?xml version="1.0" encoding="UTF-8"?>\n<logmap><log events="None"/></logmap>'
