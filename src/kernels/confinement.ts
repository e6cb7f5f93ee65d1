// What a process that parses hostile bytes gives up, where the addon and the system let it.

import { nativeAddon } from './addon.js'

/** True where processes of the addon can be cut off from the network: on 64-bit Linux. */
export function canDenyNetwork(): boolean {
  return nativeAddon().addon?.canDenyNetwork ?? false
}

/**
 * From here on neither this process nor any that it starts can make a socket or look into another process.
 * @returns false where that cannot be had; nothing has changed then
 */
export function denyNetwork(): boolean {
  return nativeAddon().addon?.denyNetwork() ?? false
}
