// SPDX-License-Identifier: MIT
#include "training_run.hpp"

#include "batches.hpp"
#include "terminal.hpp"

#include <reel/autodiff/error.hpp>
#include <reel/models/io.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace reel::cli {

namespace {

using run_checkpoint = checkpoint<network_step::snapshot_type>;
using optim::epoch_record;

// Batches whose making is timed.
template <class Batches> class timed {
 public:
  explicit timed(Batches& batches) : batches_(batches) {}
  index_t batches() const { return batches_.batches(); }
  void restart(index_t epoch, index_t step) {
    batches_.restart(epoch, step);
    first_ = step;
  }
  double seconds() const { return seconds_; }
  index_t made() const { return made_; }

  using batch_type = typename Batches::batch_type;
  batch_type operator[](index_t step) {
    const auto began = std::chrono::steady_clock::now();
    const batch_type batch = batches_[step];
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    ++made_;
    return batch;
  }
  using iterator = optim::detail::batch_iterator<timed>;
  iterator begin() { return {this, first_}; }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  Batches& batches_;
  index_t first_ = 0, made_ = 0;
  double seconds_ = 0;
};

metadata about_run(const fit_request& r, const std::vector<epoch_record>& epochs) {
  nlohmann::ordered_json settings = nlohmann::ordered_json::object();
  for (const setting& s : r.settings) settings[s.name] = s.value;
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();
  for (const epoch_record& e : epochs) lines.push_back(nlohmann::ordered_json::parse(to_json(e)));
  return {{"settings", settings.dump()}, {"history", lines.dump()}};
}

[[noreturn]] void not_of_a_run(const std::string& path) {
  throw error(errc::parse_error, fmt::format("{}: this is no checkpoint of reel train.", path));
}

nlohmann::ordered_json metadata_of(const metadata& about, const char* name, const std::string& path) {
  const auto at = about.find(name);
  if (at == about.end()) not_of_a_run(path);
  auto json = nlohmann::ordered_json::parse(at->second, nullptr, false);
  if (json.is_discarded()) not_of_a_run(path);
  return json;
}

std::vector<epoch_record> epochs_of(const metadata& about, const std::string& path) {
  std::vector<epoch_record> epochs;
  const auto number = [](const nlohmann::ordered_json& j) { return j.is_number() ? j.get<double>() : NAN; };
  try {
    for (const auto& line : metadata_of(about, "history", path)) {
      epoch_record e{line.at("epoch"),        line.at("steps"),          number(line.at("loss")), {},
                     number(line.at("rate")), number(line.at("seconds"))};
      if (line.contains("validation_loss")) e.validation_loss = number(line["validation_loss"]);
      epochs.push_back(e);
    }
  } catch (const nlohmann::json::exception&) {
    not_of_a_run(path);
  }
  return epochs;
}

template <class T> class fitting {
 public:
  fitting(const fit_request& r, const train_and_test<T>& parts)
      : request_(r), settings_(r.training), data_(parts.train), step_(nullptr) {
    if (settings_.patience == 0) return;
    try {
      own_ = split(data_, drawn(data_, settings_.validation_share, settings_.seed + 1, r.data.stratify));
    } catch (const error& e) {
      throw error(e.code(), fmt::format("--validation-share {} of {} training samples: {}",
                                        settings_.validation_share, data_.samples(), e.detail()));
    }
  }

  fitted_run operator()() {
    network_step step = make_step(settings_, train().features(), train().classes(),
                                  class_weights_of(settings_, train().labels, train().class_names));
    step.use(request_.team);
    step_ = &step;
    return with_batches(train(), request_.data.scale, settings_, [&](auto& batches) { return run(batches); });
  }

 private:
  const basic_dataset<T>& train() const { return own_ ? own_->train : data_; }

  template <class Batches> fitted_run run(Batches& made) {
    timed batches(made);
    fitted_run result;
    optim::fit_options options = fit_options();
    if (!request_.resume.empty()) {
      const auto saved = load<run_checkpoint>(request_.resume);
      check_same_data(saved.data, fingerprint());
      step_->restore(saved.step);
      options.from = saved.at;
      epochs_ = epochs_of(saved.about, request_.resume);
    }
    if (request_.begins) request_.begins();
    const interruption ctrl_c;
    progress shown(request_.quiet, options.epochs, batches.batches());
    options.on_step = [&](const optim::fit_state& at) {
      at_ = at;
      shown.step(at);
      const bool ends_epoch = at.step == batches.batches();
      if (ends_epoch && request_.save_every > 0 && (at.epoch + 1) % request_.save_every == 0)
        save_checkpoint(at);
      return true;
    };
    options.on_epoch = [&](const epoch_record& e) {
      epochs_.push_back(e);
      shown.epoch(e);
      return true;
    };
    options.interrupted = [&] {
      return interruption::requested() || (request_.stop_after > 0 && at_.steps >= request_.stop_after);
    };
    result.history = optim::fit(*step_, batches, options);
    shown.clear();
    if (result.history.stopped == optim::stop_reason::interrupted) save_checkpoint(result.history.at);
    result.model = trained_model();
    result.epochs = epochs_;
    result.steps_per_epoch = batches.batches();
    result.steps_here = batches.made();
    result.converting_seconds = batches.seconds();
    return result;
  }

  optim::fit_options fit_options() {
    optim::fit_options o;
    o.epochs = settings_.epochs;
    o.rate = schedule_of(settings_);
    o.patience = settings_.patience;
    o.min_delta = settings_.min_delta;
    o.seconds = settings_.seconds;
    if (own_) o.validate = [&] { return evaluate(trained_model(), own_->test).loss; };
    return o;
  }

  classifier trained_model() const {
    return {step_->template parameters<float>(),
            data_.class_names,
            data_.feature_names,
            request_.data.scale,
            {{"model", model_name(settings_)},
             {"columns", data_.named ? "named" : "numbered"},
             {"settings", about_run(request_, {}).at("settings")}}};
  }

  void save_checkpoint(const optim::fit_state& at) {
    save(request_.checkpoint,
         run_checkpoint{step_->save(), at, settings_.seed, fingerprint(), about_run(request_, epochs_)});
  }
  // Made when it is first asked for: of a large table it takes a moment.
  const data_fingerprint& fingerprint() {
    if (!fingerprint_) fingerprint_ = fingerprint_of(data_);
    return *fingerprint_;
  }

  const fit_request& request_;
  const training_arguments& settings_;
  const basic_dataset<T>& data_;
  std::optional<train_and_test<T>> own_;  // training samples parted again, where some are to validate with
  std::optional<data_fingerprint> fingerprint_;
  network_step* step_;
  optim::fit_state at_;
  std::vector<epoch_record> epochs_;
};

}  // namespace

fitted_run fit_network(const fit_request& request) {
  return std::visit([&](const auto& parts) { return fitting(request, parts)(); }, request.data.parts);
}

void resume_settings(CLI::App& verb, const std::string& path, const std::vector<std::string>& groups) {
  const auto saved = load<run_checkpoint>(path);
  std::vector<setting> all;
  const auto settings = metadata_of(saved.about, "settings", path);
  for (const auto& [name, value] : settings.items()) {
    if (!value.is_string()) not_of_a_run(path);
    all.push_back({name, value.get<std::string>(), path});
  }
  for (const setting& given : given_settings(verb, groups)) {
    const auto same = [&](const setting& s) { return s.name == given.name && s.value == given.value; };
    if (std::none_of(all.begin(), all.end(), same))
      throw error(errc::usage, fmt::format("a run is resumed with its own settings: leave out {}{}.",
                                           given.name == "data" ? "" : "--", given.name));
  }
  apply_settings(verb, all);
}

}  // namespace reel::cli
