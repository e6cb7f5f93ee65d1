// One direction of PDQ's box filter; output `o` is written when sample `o + lead` has been added.

/** Side of the raster that the filter leads to. */
export const SIDE: i32 = 64

@unmanaged
export class Line {
  samples: i32 = 0
  window: i32 = 0
  lead: i32 = 0

  setTo(samples: i32): void {
    this.samples = samples
    this.window = (samples + 127) / 128
    this.lead = (this.window + 2) / 2 - 1
  }

  /** Samples in the sum at output `o`; 1 where there is no such output. */
  windowAt(o: i32): f32 {
    if (o < 0 || o >= this.samples) return 1
    const last = min(o + this.lead, this.samples - 1)
    return f32(last - max(0, o + this.lead - this.window + 1) + 1)
  }

  /** The sample that decimation takes for position `i` of 64. */
  decimated(i: i32): i32 {
    return i32(((f64(i) + 0.5) * f64(this.samples)) / f64(SIDE))
  }
}
