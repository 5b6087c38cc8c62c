// SPDX-License-Identifier: MIT
#include "terminal.hpp"

#include "output.hpp"
#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <string>

#include <unistd.h>

namespace reel::cli {

namespace {

using clock = std::chrono::steady_clock;
constexpr int bar_width = 24;
constexpr auto between_bars = std::chrono::milliseconds(100);
constexpr auto between_lines = std::chrono::seconds(10);

}  // namespace

std::string duration_text(double seconds) {
  if (seconds >= 1 || seconds == 0) return fmt::format("{:.3g} s", seconds);
  return seconds >= 1e-3 ? fmt::format("{:.3g} ms", seconds * 1e3) : fmt::format("{:.3g} µs", seconds * 1e6);
}

progress::progress(bool quiet, index_t epochs, index_t steps_per_epoch)
    : quiet_(quiet),
      bar_(isatty(STDERR_FILENO) == 1),
      epochs_(epochs),
      steps_(steps_per_epoch),
      next_(clock::now() + between_bars) {}

bool progress::due() {
  if (quiet_ || clock::now() < next_) return false;
  next_ = clock::now() + (bar_ ? clock::duration(between_bars) : clock::duration(between_lines));
  return true;
}

void progress::step(const optim::fit_state& at) {
  if (!bar_ || !due()) return;
  const double steps = std::max(1.0, static_cast<double>(epochs_) * static_cast<double>(steps_));
  const double done = static_cast<double>(at.steps) / steps;
  const int filled = static_cast<int>(done * bar_width);
  std::string bar;
  for (int i = 0; i < bar_width; ++i) bar += i < filled ? "█" : "░";
  note("\r\x1b[K{} epoch {} of {}   loss {}   {:.1f} s", bar, at.epoch + 1, epochs_, loss_text(at.loss),
       at.seconds);
  drawn_ = true;
}

void progress::epoch(const optim::epoch_record& e) {
  if (quiet_) return;
  // About twenty lines of a run of many epochs, and more where they take long.
  const index_t every = std::max<index_t>(1, epochs_ / 20);
  const bool is_one_of_twenty = e.epoch == 1 || e.epoch == epochs_ || e.epoch % every == 0;
  if (!is_one_of_twenty && (bar_ || !due())) return;
  clear();
  const std::string validation = e.validation_loss ? "   validation " + loss_text(*e.validation_loss) : "";
  note("epoch {:>4} of {}   loss {}{}   rate {:.4g}   {}\n", e.epoch, epochs_, loss_text(e.loss), validation,
       e.rate, duration_text(e.seconds));
}

void progress::clear() {
  if (!drawn_) return;
  note("\r\x1b[K");
  drawn_ = false;
}

namespace {

volatile std::sig_atomic_t asked = 0;

void ask(int signal) {
  asked = 1;
  std::signal(signal, SIG_DFL);
}

}  // namespace

interruption::interruption() {
  asked = 0;
  std::signal(SIGINT, ask);
  std::signal(SIGTERM, ask);
}

interruption::~interruption() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool interruption::requested() noexcept { return asked != 0; }

}  // namespace reel::cli
