// SPDX-License-Identifier: MIT
// Softmax regression in AVX-512, forward and backward of a tile of rows while it is in cache, so that
// x is read from memory once. Both directions run along the features in registers of 16, without
// padding the classes:
//   forward   2 rows × 10 classes of sums; per 16 features 2 + 10 loads and 20 multiply-adds
//   backward  32 features × 10 classes of sums over the tile; per row 2 + 10 loads and 20 multiply-adds
// so both are bound by arithmetic: at two multiply-adds per cycle, 500 cycles per row and 45 to sum the
// registers up. (Classes padded to a register of 16 would take 785 cycles.) w is kept in the order it
// is read in, [features/16][classes][16]; the last tile updates it.
#include "../results.hpp"
#include "by_hand.hpp"

#ifdef __x86_64__

#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <new>

#define AVX512 __attribute__((target("avx512f,avx512dq,fma")))
#define AVX512_INLINE __attribute__((always_inline)) inline AVX512

namespace bench {

namespace {

constexpr std::size_t lanes = 16, block = classes * lanes;  // w holds 16 features in a block
constexpr std::size_t tile = 64;                            // rows: 200 KB of x
constexpr __mmask16 used = (1u << classes) - 1;

AVX512_INLINE __mmask16 first(std::size_t n) {
  return n >= lanes ? __mmask16{0xffff} : static_cast<__mmask16>((1u << n) - 1);
}

// Sums of pairs, interleaved: after four of these every lane is the sum of one register.
AVX512_INLINE __m512 add_neighbours(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}
AVX512_INLINE __m512 add_pairs(__m512 a, __m512 b) {
  const __m512d x = _mm512_castps_pd(a), y = _mm512_castps_pd(b);
  return _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(x, y)),
                       _mm512_castpd_ps(_mm512_unpackhi_pd(x, y)));
}
AVX512_INLINE __m512 add_quarters(__m512 a, __m512 b) {
  return _mm512_add_ps(_mm512_shuffle_f32x4(a, b, 0x88), _mm512_shuffle_f32x4(a, b, 0xdd));
}

// Lane k is the sum of a[k].
AVX512_INLINE __m512 sums(const __m512 (&a)[classes]) {
  const __m512 low = add_pairs(add_neighbours(a[0], a[1]), add_neighbours(a[2], a[3]));
  const __m512 middle = add_pairs(add_neighbours(a[4], a[5]), add_neighbours(a[6], a[7]));
  const __m512 last = add_neighbours(a[8], a[9]);
  const __m512 high = add_pairs(last, last);
  return add_quarters(add_quarters(low, middle), add_quarters(high, high));
}

AVX512_INLINE __m512 exp(__m512 x) {
  x = _mm512_max_ps(x, _mm512_set1_ps(-104));
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504f)), 8);
  __m512 r = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375f), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4f), r);
  __m512 p = _mm512_set1_ps(1.98756915e-4f);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.39819995e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(8.33345191e-3f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(4.16657959e-2f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(1.66666655e-1f));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(5.00000012e-1f));
  p = _mm512_fmadd_ps(p, _mm512_mul_ps(r, r), _mm512_add_ps(r, _mm512_set1_ps(1)));
  return _mm512_scalef_ps(p, n);
}

// x·w of `Rows` rows.
template <std::size_t Rows> AVX512_INLINE void logits(const float* x, const float* w, __m512 (&z)[Rows]) {
  constexpr std::size_t features = softmax_regression::features;
  __m512 sum[Rows][classes];
  for (std::size_t r = 0; r < Rows; ++r)
    for (std::size_t k = 0; k < classes; ++k) sum[r][k] = _mm512_setzero_ps();
#pragma GCC unroll 1
  for (std::size_t j = 0; j < features; j += lanes, w += block) {
    __m512 xj[Rows];
    for (std::size_t r = 0; r < Rows; ++r)
      xj[r] = _mm512_maskz_loadu_ps(first(features - j), x + r * features + j);
#pragma GCC unroll 10
    for (std::size_t k = 0; k < classes; ++k) {
      const __m512 wk = _mm512_load_ps(w + k * lanes);
      for (std::size_t r = 0; r < Rows; ++r) sum[r][k] = _mm512_fmadd_ps(xj[r], wk, sum[r][k]);
    }
  }
  for (std::size_t r = 0; r < Rows; ++r) z[r] = sums(sum[r]);
}

// The parts of a tile's loss, Σ log Σe^(z − max) − Σ (z_label − max). Ten classes give sums of at most
// 10, so that their product over a tile fits into a double and one logarithm serves all.
struct tile_loss {
  double product = 1, at_label = 0;
};

// dz = scale·(softmax(z) − y)
AVX512_INLINE void softmax(__m512 z, std::int64_t label, float scale, float* dz, tile_loss& loss) {
  const __m512 shifted = _mm512_sub_ps(z, _mm512_set1_ps(_mm512_mask_reduce_max_ps(used, z)));
  const __m512 e = _mm512_maskz_mov_ps(used, exp(shifted));
  const float sum = _mm512_reduce_add_ps(e);
  const auto hot = static_cast<__mmask16>(1u << label);
  const __m512 p = _mm512_mul_ps(e, _mm512_set1_ps(scale / sum));
  _mm512_store_ps(dz, _mm512_mask_sub_ps(p, hot, p, _mm512_set1_ps(scale)));
  loss.product *= static_cast<double>(sum);
  loss.at_label += static_cast<double>(_mm512_mask_reduce_add_ps(hot, shifted));
}

class fused {
 public:
  fused(const std::vector<float>& start, float learning_rate, float l2_penalty)
      : before(start), rate(learning_rate), l2(l2_penalty), kept(1 - rate * l2) {
    for (std::size_t j = 0; j < features; ++j)
      for (std::size_t k = 0; k < classes; ++k) w[place(j, k)] = before[j * classes + k];
  }

  // The loss before the step.
  AVX512 double step(const float* all_x, const std::int64_t* labels, std::size_t n);

  std::vector<double> changed() const {
    std::vector<float> now(before.size());
    for (std::size_t j = 0; j < features; ++j)
      for (std::size_t k = 0; k < classes; ++k) now[j * classes + k] = w[place(j, k)];
    return change(now, before);
  }

 private:
  struct freed {
    void operator()(float* x) const { ::operator delete[](x, std::align_val_t{64}); }
  };
  using aligned = std::unique_ptr<float[], freed>;
  static aligned allocate(std::size_t n) {
    aligned x(static_cast<float*>(::operator new[](n * sizeof(float), std::align_val_t{64})));
    std::fill_n(x.get(), n, 0.0f);
    return x;
  }
  static constexpr std::size_t features = softmax_regression::features;
  static constexpr std::size_t padded = (features + 2 * lanes - 1) / (2 * lanes) * 2 * block;
  static std::size_t place(std::size_t j, std::size_t k) { return j / lanes * block + k * lanes + j % lanes; }

  const std::vector<float>& before;
  float rate, l2;
  float kept;  // of w, by each step
  aligned w = allocate(padded), g = allocate(padded), dz = allocate(tile * lanes);

  // ½ l2 Σw²
  AVX512 double penalty() const {
    if (l2 == 0) return 0;
    __m512 sum[classes];
    for (__m512& s : sum) s = _mm512_setzero_ps();
    for (const float* x = w.get(); x != w.get() + padded; x += block)
      for (std::size_t k = 0; k < classes; ++k) {
        const __m512 xk = _mm512_load_ps(x + k * lanes);
        sum[k] = _mm512_fmadd_ps(xk, xk, sum[k]);
      }
    return static_cast<double>(l2 / 2 * _mm512_mask_reduce_add_ps(used, sums(sum)));
  }

  // Adds xᵀdz of a tile of rows to g, and takes the sum from w when the tile is the last.
  template <bool Whole>
  AVX512_INLINE void backward(const float* x, std::size_t rows, std::size_t j, bool opens, bool closes) {
    float* gj = g.get() + j / lanes * block;
    float* wj = w.get() + j / lanes * block;
    const std::size_t left = features - j;
    const __mmask16 low = first(Whole ? lanes : left);
    const __mmask16 high = first(Whole ? lanes : left > lanes ? left - lanes : 0);
    __m512 a[classes], b[classes];
    for (std::size_t k = 0; k < classes; ++k) {
      a[k] = opens ? _mm512_setzero_ps() : _mm512_load_ps(gj + k * lanes);
      b[k] = opens ? _mm512_setzero_ps() : _mm512_load_ps(gj + block + k * lanes);
    }
    const float* row = x + j;
    const float* d = dz.get();
#pragma GCC unroll 1
    for (std::size_t i = 0; i < rows; ++i, row += features, d += lanes) {
      const __m512 x0 = _mm512_maskz_loadu_ps(low, row), x1 = _mm512_maskz_loadu_ps(high, row + lanes);
#pragma GCC unroll 10
      for (std::size_t k = 0; k < classes; ++k) {
        const __m512 dk = _mm512_set1_ps(d[k]);
        a[k] = _mm512_fmadd_ps(x0, dk, a[k]);
        b[k] = _mm512_fmadd_ps(x1, dk, b[k]);
      }
    }
    for (std::size_t k = 0; k < classes; ++k) {
      float* const w0 = wj + k * lanes;
      float* const w1 = w0 + block;
      if (closes) {
        _mm512_store_ps(w0, _mm512_fmsub_ps(_mm512_set1_ps(kept), _mm512_load_ps(w0), a[k]));
        _mm512_store_ps(w1, _mm512_fmsub_ps(_mm512_set1_ps(kept), _mm512_load_ps(w1), b[k]));
      } else {
        _mm512_store_ps(gj + k * lanes, a[k]);
        _mm512_store_ps(gj + block + k * lanes, b[k]);
      }
    }
  }
};

AVX512 double fused::step(const float* all_x, const std::int64_t* labels, std::size_t n) {
  const float scale = rate / static_cast<float>(n);
  double total = static_cast<double>(n) * penalty();
  for (std::size_t begin = 0; begin < n; begin += tile) {
    const std::size_t rows = std::min(tile, n - begin);
    const float* x = all_x + begin * features;
    const std::int64_t* label = labels + begin;
    tile_loss part;
    std::size_t i = 0;
    for (; i + 2 <= rows; i += 2) {
      __m512 z[2];
      logits<2>(x + i * features, w.get(), z);
      softmax(z[0], label[i], scale, dz.get() + i * lanes, part);
      softmax(z[1], label[i + 1], scale, dz.get() + (i + 1) * lanes, part);
    }
    if (i < rows) {
      __m512 z[1];
      logits<1>(x + i * features, w.get(), z);
      softmax(z[0], label[i], scale, dz.get() + i * lanes, part);
    }
    total += std::log(part.product) - part.at_label;
    const bool opens = begin == 0, closes = begin + rows == n;
    std::size_t j = 0;
    for (; j + 2 * lanes <= features; j += 2 * lanes) backward<true>(x, rows, j, opens, closes);
    if (j < features) backward<false>(x, rows, j, opens, closes);
  }
  return total / static_cast<double>(n);
}

bool is_supported() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"); }

// Batches of one epoch after the other.
struct fused_epochs {
  shared<image_epoch> p;
  fused loop;
  std::vector<float> x;
  std::vector<std::int64_t> labels;
  std::int64_t epoch = 0;
  double loss = 0;

  explicit fused_epochs(const shared<image_epoch>& problem)
      : p(problem), loop(p->w, p->rate, 0), x(p->batch * p->features), labels(p->batch) {}

  // In the processor's vector instructions, from the compiler.
  AVX512 void convert(const std::uint8_t* from, float* to) const {
    for (std::size_t j = 0; j < p->pixels; ++j) to[j] = static_cast<float>(from[j]) / p->white;
    to[p->pixels] = 1;
  }

  void run() {
    const std::vector<std::int64_t> order = p->order(epoch++);
    for (std::size_t begin = 0; begin < order.size(); begin += p->batch) {
      const std::size_t n = std::min(p->batch, order.size() - begin);
      for (std::size_t i = 0; i < n; ++i) {
        const auto sample = static_cast<std::size_t>(order[begin + i]);
        convert(p->x.data() + sample * p->pixels, x.data() + i * p->features);
        labels[i] = p->labels[sample];
      }
      loss = loop.step(x.data(), labels.data(), n);
    }
  }
};

}  // namespace

contenders fused_by_hand(const shared<softmax_regression>& p) {
  if (!is_supported()) return {};
  const auto loop = std::make_shared<fused>(p->w, p->rate, p->l2);
  const auto loss = std::make_shared<double>();
  return {{"fused AVX-512", maker::hand, [=] { *loss = loop->step(p->x.data(), p->labels.data(), p->rows); },
           [=] {
             return numbers{{*loss}, loop->changed()};
           }}};
}

contenders by_hand(const shared<image_epoch>& p) {
  if (!is_supported()) return {};
  const auto epochs = std::make_shared<fused_epochs>(p);
  return {{"fused AVX-512", maker::hand, [=] { epochs->run(); },
           [=] {
             return numbers{{epochs->loss}, epochs->loop.changed()};
           }}};
}

}  // namespace bench

#else

namespace bench {
contenders fused_by_hand(const shared<softmax_regression>&) { return {}; }
contenders by_hand(const shared<image_epoch>&) { return {}; }
}  // namespace bench

#endif
