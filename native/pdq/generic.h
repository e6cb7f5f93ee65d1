// PDQ's filter, written once for every arm: luma, two box filters along rows and columns, decimation to 64×64.
//
// An arm is a class V of static functions over a register of V::kLanes floats; scalar.cc lists them in their simplest
// form. Floats are added, subtracted and divided in the reference's order, so every arm gives the same bits:
//
// - A line's running sum is serial, but lines are independent: along rows, V::kLanes rows are summed at once, one a
//   lane; along columns, V::kLanes columns. Blocks of kLanes × kLanes are transposed in registers in between.
// - The reference's four phases (add only; add and write; add, subtract and write; subtract and write) are one loop
//   here, because the samples before and after a line are zeros and adding or subtracting zero changes no sum.
// - Nothing is kept but the rows inside a window: all four sweeps advance together, kLanes rows at a time, so the
//   working set stays in the first caches and does not grow with the height.
// - Of the second sweeps only the 64 columns and 64 rows that decimation picks are divided and written.
//
// Included by files compiled for different instruction sets. So everything is in an anonymous namespace and nothing of
// the standard library is used: a linker that folds equal inline functions into one must find none to fold.

#ifndef EXHIBIT_HASH_PDQ_GENERIC_H_
#define EXHIBIT_HASH_PDQ_GENERIC_H_

#include "pdq/generic_sweep.h"

namespace exhibit_hash {
namespace {

inline int64_t RoundUp(int64_t value, int64_t step) { return (value + step - 1) / step * step; }

// All four sweeps over one raster.
template <class V>
class Filter {
 public:
  static constexpr int64_t L = V::kLanes;
  // Rows that advance together.
  static constexpr int64_t kBand = V::kChains * L;
  using Reg = typename V::Reg;

  // Without scratch memory the filter can only say how much it needs.
  Filter(const PdqInput& input, float* scratch) : input_(input), along_row_(input.width), along_column_(input.height) {
    auto take = [&](int64_t floats) {
      float* here = scratch == nullptr ? nullptr : scratch + floats_;
      floats_ += RoundUp(floats, 16);
      return here;
    };
    // Rows start 64 bytes past a multiple of the width, so that equal columns do not share a cache set.
    stride_ = RoundUp(input.width, 16) + 16;
    bands_kept_ = RoundUp(along_column_.window, kBand) / kBand;
    columns_ = take(ColumnBuffer<V>::Columns(along_row_.window) * kBand);
    second_columns_ = take(ColumnBuffer<V>::Columns(along_row_.window) * kBand);
    rows_ = take((along_column_.window + bands_kept_ * kBand) * stride_);
    column_sums_ = take(stride_);
    picked_ = take(kSide * kBand);
    picked_windows_ = take(kSide);
    picked_rows_ = take((along_column_.window + 1) * kSide);
    picked_sums_ = take(kSide);
    zero_row_ = take(kSide);
  }

  size_t scratch_bytes() const { return static_cast<size_t>(floats_) * sizeof(float); }

  // Fills the 64×64 raster.
  void Run(float* decimated) {
    Clear(rows_, along_column_.window * stride_);
    Clear(column_sums_, stride_);
    Clear(picked_sums_, kSide);
    Clear(zero_row_, kSide);
    for (int i = 0; i < kSide; i++) {
      picks_[i] = along_row_.Decimated(i);
      picked_windows_[i] = along_row_.WindowAt(picks_[i]);
    }
    const int64_t end = along_column_.samples + along_column_.lead;
    for (int64_t row = 0; row < end; row += kBand) {
      float* band = BandAt(row);
      if (row < input_.height) {
        if (input_.channels == 3) {
          FirstRowSweep<3>(row, band);
        } else {
          FirstRowSweep<1>(row, band);
        }
      }
      for (int64_t r = row < input_.height ? input_.height : row; r < row + kBand; r++) {
        Clear(band + (r - row) * stride_, stride_);
      }
      SecondSweeps(row, band, decimated);
    }
    for (int64_t r = input_.height; r < end; r++) LastSweep(r, zero_row_, decimated);
  }

 private:
  static void Clear(float* memory, int64_t floats) {
    std::memset(memory, 0, static_cast<size_t>(floats) * sizeof(float));
  }

  // Where the rows from `row` on are kept: the window's rows above them are always just before them in memory. So when
  // the end of the memory is reached, the last of them are copied to its beginning.
  float* BandAt(int64_t row) {
    const int64_t place = row / kBand % bands_kept_;
    const int64_t window_floats = along_column_.window * stride_;
    if (place == 0 && row > 0) {
      std::memcpy(rows_, rows_ + bands_kept_ * kBand * stride_, static_cast<size_t>(window_floats) * sizeof(float));
    }
    return rows_ + window_floats + place * kBand * stride_;
  }

  // kLanes × kLanes pixels as luma, one column a register, zeros past the last column.
  template <int kChannels>
  void LoadLuma(const uint8_t* const* rows, int64_t column, Reg block[L]) const {
    const int64_t columns = input_.width - column;
    for (int64_t i = 0; i < L; i++) {
      if (columns >= L) {
        const uint8_t* pixels = rows[i] + column * kChannels;
        block[i] = kChannels == 3 ? V::PackRgb(pixels) : V::PackGrey(pixels);
      } else {
        uint8_t padded[L * kChannels] = {};
        if (columns > 0) std::memcpy(padded, rows[i] + column * kChannels, static_cast<size_t>(columns * kChannels));
        block[i] = kChannels == 3 ? V::PackRgb(padded) : V::PackGrey(padded);
      }
    }
    V::Transpose(block);
    for (int64_t i = 0; i < L; i++) {
      block[i] = kChannels == 3 ? V::LumaOfRgb(block[i]) : V::LumaOfGrey(block[i]);
    }
  }

  // Rows past the last are summed like the last one, and nobody reads them.
  template <int kChannels>
  void FirstRowSweep(int64_t row, float* band) {
    const uint8_t* from[kBand];
    for (int64_t i = 0; i < kBand; i++) {
      const int64_t r = row + i < input_.height ? row + i : input_.height - 1;
      from[i] = input_.data + r * input_.width * kChannels;
    }
    SweepRows<V>(
        along_row_, columns_,
        [&](int64_t c, int64_t chain, Reg* block) { LoadLuma<kChannels>(from + chain * L, c, block); },
        [&](int64_t o, int64_t chain, Reg* sums) {
          DivideOutputs<V>(along_row_, o, sums);
          V::Transpose(sums);
          float* to = band + chain * L * stride_ + o;
          for (int64_t i = 0; i < L; i++) V::Store(to + i * stride_, sums[i]);
        });
  }

  // The second two sweeps, once the rows of a band have been added: they lead the outputs, which may not exist.
  void SecondSweeps(int64_t row, const float* band, float* decimated) {
    const int64_t o = row - along_column_.lead;
    int next[V::kChains] = {};
    SweepRows<V>(
        along_row_, second_columns_,
        [&](int64_t c, int64_t chain, Reg* block) {
          SweepColumns(o + chain * L, c, band + chain * L * stride_, block);
        },
        [&](int64_t first, int64_t chain, Reg* sums) {
          float* to = picked_ + chain * kSide * L;
          for (int& i = next[chain]; i < kSide && picks_[i] < first + L; i++)
            V::Store(to + i * L, sums[picks_[i] - first]);
        });
    for (int64_t i = 0; i < kBand; i += L) FinishRows(o + i, picked_ + i * kSide, decimated);
  }

  // Columns c … of kLanes output rows from o on, transposed to one column a register.
  void SweepColumns(int64_t o, int64_t c, const float* right, Reg block[L]) {
    const int64_t columns = input_.width - c;
    if (columns <= 0) {
      for (int64_t i = 0; i < L; i++) block[i] = V::Zero();
      return;
    }
    const float* left = right - along_column_.window * stride_;
    Reg sum = V::Load(column_sums_ + c);
    for (int64_t i = 0; i < L; i++) {
      sum = V::Add(sum, V::Load(right + i * stride_ + c));
      sum = V::Sub(sum, V::Load(left + i * stride_ + c));
      block[i] = sum;
    }
    V::Store(column_sums_ + c, sum);
    DivideOutputs<V>(along_column_, o, block);
    V::Transpose(block);
    for (int64_t i = columns; i < L; i++) block[i] = V::Zero();
  }

  // The picked columns of kLanes rows from o on, transposed to rows, divided, through the last sweep.
  void FinishRows(int64_t o, float* picked, float* decimated) {
    alignas(64) float rows[L * kSide];
    const bool is_exact = along_row_.WindowIsPowerOfTwo() && along_row_.DecimatesInterior();
    const Reg inverse = V::Set1(1.0f / static_cast<float>(along_row_.window));
    for (int64_t column = 0; column < kSide; column += L) {
      Reg block[L];
      for (int64_t i = 0; i < L; i++) block[i] = V::Load(picked + (column + i) * L);
      V::Transpose(block);
      const Reg windows = V::Load(picked_windows_ + column);
      for (int64_t i = 0; i < L; i++) {
        V::Store(rows + i * kSide + column, is_exact ? V::Mul(block[i], inverse) : V::Div(block[i], windows));
      }
    }
    for (int64_t i = 0; i < L; i++) {
      if (o + i >= 0 && o + i < input_.height) LastSweep(o + i, rows + i * kSide, decimated);
    }
  }

  // Second sweep along the 64 picked columns; writes a row of the result where decimation picks it.
  void LastSweep(int64_t r, const float* row, float* decimated) {
    const int64_t window = along_column_.window;
    float* kept = picked_rows_ + (r % (window + 1)) * kSide;
    const float* left = r >= window ? picked_rows_ + ((r - window) % (window + 1)) * kSide : zero_row_;
    const int64_t o = r - along_column_.lead;
    for (int c = 0; c < kSide; c += V::kLanes) {
      const Reg added = V::Load(row + c);
      V::Store(kept + c, added);
      const Reg sum = V::Add(V::Load(picked_sums_ + c), added);
      V::Store(picked_sums_ + c, V::Sub(sum, V::Load(left + c)));
    }
    for (; next_row_ < kSide && along_column_.Decimated(next_row_) == o; next_row_++) {
      const Reg divisor = V::Set1(along_column_.WindowAt(o));
      for (int c = 0; c < kSide; c += V::kLanes) {
        V::Store(decimated + next_row_ * kSide + c, V::Div(V::Load(picked_sums_ + c), divisor));
      }
    }
  }

  const PdqInput input_;
  const Line along_row_;
  const Line along_column_;
  int64_t stride_, bands_kept_, floats_ = 0;
  float *columns_, *second_columns_, *rows_, *column_sums_;
  float *picked_, *picked_windows_, *picked_rows_, *picked_sums_, *zero_row_;
  int64_t picks_[kSide];
  int next_row_ = 0;
};

}  // namespace
}  // namespace exhibit_hash

#endif  // EXHIBIT_HASH_PDQ_GENERIC_H_
