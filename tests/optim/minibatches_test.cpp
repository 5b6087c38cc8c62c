// SPDX-License-Identifier: MIT
// Minibatches: every sample exactly once per epoch, a pure function of (seed, epoch), resumable.
#include "support.hpp"

#include <reel/optim/minibatches.hpp>

#include <algorithm>
#include <limits>
#include <numeric>

using namespace reel;
using namespace reel::optim;
using reel::test::check_error;

namespace {

// Row i holds 10·i + 0, 1, 2; the label is i.
struct samples {
  array<float> x;
  array<index_t> labels;
  std::vector<std::string> names;
};

samples make_samples(index_t n) {
  samples s{make_array<float>({n, 3}), make_array<index_t>({n}), {"a", "b"}};
  for (index_t i = 0; i < n; ++i) {
    for (index_t j = 0; j < 3; ++j) s.x(i, j) = static_cast<float>(10 * i + j);
    s.labels(i) = i;
  }
  return s;
}

std::vector<index_t> sorted(std::vector<index_t> v) {
  std::sort(v.begin(), v.end());
  return v;
}

std::vector<index_t> counting(index_t n) {
  std::vector<index_t> v(static_cast<std::size_t>(n));
  std::iota(v.begin(), v.end(), index_t{0});
  return v;
}

// The labels of the remaining batches, one after the other.
template <class Range> std::vector<index_t> labels_of(Range&& range) {
  std::vector<index_t> all;
  for (auto [x, labels] : range) all.insert(all.end(), labels.begin(), labels.end());
  return all;
}

}  // namespace

static_assert(std::input_iterator<minibatch_range<samples&>::iterator>);
static_assert(std::input_iterator<minibatch_indices::iterator>);

BOOST_AUTO_TEST_SUITE(minibatch)

// The same shuffle written in Python's integers.
BOOST_AUTO_TEST_CASE(the_order_agrees_with_another_implementation) {
  const auto same = boost::test_tools::per_element();
  BOOST_TEST(epoch_order(10, 42, 0) == (std::vector<index_t>{7, 3, 4, 6, 9, 0, 8, 2, 5, 1}), same);
  BOOST_TEST(epoch_order(10, 42, 1) == (std::vector<index_t>{5, 4, 9, 2, 0, 1, 7, 8, 6, 3}), same);
  BOOST_TEST(epoch_order(10, (std::uint64_t{1} << 63) + 5, 7) ==
                 (std::vector<index_t>{2, 5, 7, 6, 8, 1, 3, 0, 9, 4}),
             same);
}

BOOST_AUTO_TEST_CASE(an_order_is_a_permutation_that_seed_and_epoch_decide) {
  for (const index_t n : {0, 1, 2, 3, 100}) BOOST_TEST((sorted(epoch_order(n, 3, 4)) == counting(n)));
  BOOST_TEST((epoch_order(100, 3, 4) == epoch_order(100, 3, 4)));
  BOOST_TEST((epoch_order(100, 3, 4) != epoch_order(100, 3, 5)));
  BOOST_TEST((epoch_order(100, 3, 4) != epoch_order(100, 4, 4)));
}

BOOST_AUTO_TEST_CASE(all_permutations_are_equally_likely) {
  std::array<int, 6> counts{};
  for (index_t epoch = 0; epoch < 6000; ++epoch) {
    const auto o = epoch_order(3, 11, epoch);
    ++counts[static_cast<std::size_t>(2 * o[0] + (o[1] > o[2]))];
  }
  for (const int c : counts) BOOST_TEST(std::abs(c - 1000) < 150);  // five standard deviations
}

BOOST_AUTO_TEST_CASE(every_sample_occurs_once_with_its_own_label) {
  const samples data = make_samples(23);
  for (const index_t size : {1, 5, 22, 23, 24, 1000}) {
    std::vector<index_t> seen;
    index_t batches = 0;
    for (auto [x, labels] : minibatches(data, size, 9)) {
      BOOST_TEST(x.shape(0) == labels.shape(0));
      BOOST_TEST(static_cast<index_t>(labels.size()) == std::min({size, index_t{23}, 23 - batches * size}));
      for (std::size_t i = 0; i < labels.size(); ++i) {
        seen.push_back(labels(i));
        for (std::size_t j = 0; j < 3; ++j)
          BOOST_TEST(x(i, j) == static_cast<float>(10 * labels(i)) + static_cast<float>(j));
      }
      ++batches;
    }
    BOOST_TEST(batches == (23 + size - 1) / size);
    BOOST_TEST((seen == epoch_order(23, 9, 0)));
  }
}

BOOST_AUTO_TEST_CASE(a_run_resumes_at_any_epoch_and_step) {
  const samples data = make_samples(23);
  const auto whole = labels_of(minibatches(data, 4, 9, 2));
  BOOST_TEST((whole == epoch_order(23, 9, 2)));
  for (index_t step = 0; step <= 6; ++step) {
    const auto rest = labels_of(minibatches(data, 4, 9, 2, step));
    BOOST_TEST((rest == std::vector(whole.begin() + std::min<index_t>(4 * step, 23), whole.end())));
  }
  auto again = minibatches(data, 4, 9);
  BOOST_TEST((labels_of(again) != whole));
  again.restart(2, 3);
  BOOST_TEST(again.epoch() == 2);
  BOOST_TEST((labels_of(again) == std::vector(whole.begin() + 12, whole.end())));
  BOOST_TEST(std::get<1>(again[5])(2) == whole.back());
}

BOOST_AUTO_TEST_CASE(batches_share_one_memory) {
  const samples data = make_samples(10);
  auto range = minibatches(data, 4, 1);
  const float* full = std::get<0>(range[0]).data();
  const float* last = std::get<0>(range[2]).data();
  range.restart(1);
  BOOST_TEST(std::get<0>(range[0]).data() == full);
  BOOST_TEST(std::get<0>(range[1]).data() == full);
  BOOST_TEST(std::get<0>(range[2]).data() == last);
}

BOOST_AUTO_TEST_CASE(data_is_an_array_a_tuple_or_a_struct) {
  const samples data = make_samples(7);
  const auto order = epoch_order(7, 0, 0);
  // A tuple made on the spot stays alive as long as the range.
  std::vector<index_t> seen;
  for (auto [labels, x, more] : minibatches(std::tuple(data.labels, data.x, array<double>({7}, 1.)), 3, 0)) {
    BOOST_TEST(x.dimension() == 2u);
    BOOST_TEST(more.size() == labels.size());
    seen.insert(seen.end(), labels.begin(), labels.end());
  }
  BOOST_TEST((seen == order));
  seen.clear();
  for (auto [labels] : minibatches(data.labels, 3, 0)) seen.insert(seen.end(), labels.begin(), labels.end());
  BOOST_TEST((seen == order));
  BOOST_TEST((labels_of(minibatches(std::tie(data.x, data.labels), 3, 0)) == order));
  seen.clear();
  for (auto batch : minibatches(7, 3, 0)) seen.insert(seen.end(), batch.begin(), batch.end());
  BOOST_TEST((seen == order));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_batched_is_refused) {
  const samples data = make_samples(10);
  const auto try_batches = [&](index_t size, index_t epoch, index_t step) {
    return [&data, size, epoch, step] { minibatches(data, size, 1, epoch, step); };
  };
  check_error(errc::invalid_argument, try_batches(0, 0, 0), "empty batch", "batch size is 0");
  check_error(errc::invalid_argument, try_batches(-4, 0, 0), "empty batch");
  check_error(errc::invalid_argument, try_batches(4, -1, 0), "epoch -1");
  check_error(errc::invalid_argument, try_batches(4, 0, -1), "step -1", "3 batches");
  check_error(errc::invalid_argument, try_batches(4, 0, 4), "step 4", "3 batches");
  check_error(
      errc::invalid_argument, [] { minibatches(make_samples(0), 4, 1); }, "no samples");
  check_error(
      errc::invalid_argument, [] { minibatches(0, 4, 1); }, "no samples");
  check_error(
      errc::invalid_argument, [] { minibatches(-1, 4, 1); }, "no samples");
  check_error(
      errc::invalid_argument, [] { minibatches(5, 0, 1); }, "empty batch");
  check_error(
      errc::invalid_argument, [&] { minibatches(data, 4, 1)[3]; }, "step 3");
  check_error(
      errc::invalid_argument, [&] { minibatches(10, 4, 1)[-1]; }, "step -1");
  check_error(
      errc::shape_mismatch, [&] { minibatches(std::tuple(data.x, array<index_t>({9}, 0)), 4, 1); }, "[10x3]",
      "[9]", "10 and 9 samples");
  check_error(
      errc::shape_mismatch, [&] { minibatches(array<double>(1.), 4, 1); }, "no first axis");
  check_error(
      errc::invalid_argument, [] { epoch_order(-1, 0, 0); }, "-1 samples");
  check_error(
      errc::size_overflow, [] { epoch_order(std::numeric_limits<index_t>::max(), 0, 0); }, "samples");
}

BOOST_AUTO_TEST_CASE(a_refused_restart_changes_nothing) {
  auto range = minibatches(10, 4, 1, 5, 1);
  const std::vector<index_t> before(range[0].begin(), range[0].end());
  check_error(
      errc::invalid_argument, [&] { range.restart(-1); }, "epoch -1");
  check_error(
      errc::invalid_argument, [&] { range.restart(0, 4); }, "step 4", "3 batches");
  check_error(
      errc::invalid_argument, [&] { range.restart(0, -1); }, "step -1");
  BOOST_TEST(range.epoch() == 5);
  BOOST_TEST((std::vector<index_t>(range[0].begin(), range[0].end()) == before));
}

BOOST_AUTO_TEST_CASE(an_epoch_may_begin_at_its_end) {
  auto range = minibatches(10, 4, 1);
  range.restart(2, 3);
  BOOST_TEST((range.begin() == range.end()));
  BOOST_TEST(range.samples() == 10);
  BOOST_TEST(range.batches() == 3);
  range.restart(2, 2);
  index_t seen = 0;
  for (const auto batch : range) seen += static_cast<index_t>(batch.size());
  BOOST_TEST(seen == 2);
}

BOOST_AUTO_TEST_CASE(data_that_changes_under_the_range_is_refused) {
  samples data = make_samples(10);
  auto range = minibatches(data, 4, 1);
  data.labels = make_array<index_t>({5});
  check_error(
      errc::shape_mismatch, [&] { range[0]; }, "changed its size");
}

BOOST_AUTO_TEST_CASE(rows_are_copied_in_the_order_asked_for) {
  const samples data = make_samples(4);
  const std::vector<index_t> chosen{3, 0, 3};
  BOOST_TEST((rows(data.x, chosen) == array<float>{{30, 31, 32}, {0, 1, 2}, {30, 31, 32}}));
  BOOST_TEST(rows(data.labels, {}).size() == 0u);
  check_error(
      errc::invalid_argument,
      [&] {
        rows(data.x, std::vector<index_t>{0, 4});
      },
      "index 4 at position 1", "4 rows");
  check_error(
      errc::invalid_argument, [&] { rows(data.x, std::vector<index_t>{-1}); }, "index -1");
  check_error(
      errc::invalid_argument, [&] { rows(array<double>(1.), std::vector<index_t>{0}); }, "0 rows");
}

BOOST_AUTO_TEST_SUITE_END()
