// SPDX-License-Identifier: MIT
// V-curves as text, CSV, JSON and SVG. Both axes are powers of ten, steps fall to the right.
#include <reel/autodiff/check/vcurve.hpp>

#include "check/json.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace reel::check {

namespace {

struct range {
  double low, high;  // powers of ten
};

// Errors of 0 lie on the floor of the picture.
double exponent(double x, double floor) { return x > 0 ? std::max(std::log10(x), floor) : floor; }

range steps_of(const vcurves& v) {
  range r{0, 0};
  for (const curve& c : v.curves)
    for (const auto& p : c.points) r.low = std::min(r.low, std::log10(p.step));
  return r;
}
range errors_of(const vcurves& v) {
  range r{0, 0};
  for (const curve& c : v.curves)
    for (const auto& p : c.points)
      if (p.error > 0)
        r.low = std::min(r.low, std::log10(p.error)), r.high = std::max(r.high, std::log10(p.error));
  return {std::floor(r.low), std::min(std::ceil(r.high), 4.0)};
}

std::string label(const curve& c) { return fmt::format("{}, {}", c.method, name(c.number)); }

// Four methods in each number type, and complex steps.
constexpr std::array<const char*, 13> colours{"#1b6ca8", "#4a9ad4", "#8fc4ea", "#0b3d62", "#a83232",
                                              "#d66a6a", "#eaa7a7", "#641b1b", "#2e7d4f", "#63b083",
                                              "#a5d6b9", "#174529", "#7a4fa3"};

}  // namespace

std::string to_string(const vcurves& v) {
  constexpr int width = 64, height = 18;
  const range x = steps_of(v), y = errors_of(v);
  std::string text =
      fmt::format("error of differences of {} against their step, seed {:#x}\n", v.subject, v.seed);
  if (x.low == x.high || y.low == y.high) return text + "  no slope to differ from";
  std::vector<std::string> rows(height, std::string(width, ' '));
  for (std::size_t k = 0; k < v.curves.size(); ++k)
    for (const auto& p : v.curves[k].points) {
      const double at = std::log10(p.step) / x.low * (width - 1);
      const double down = (y.high - exponent(p.error, y.low)) / (y.high - y.low) * (height - 1);
      if (down >= 0)
        rows[static_cast<std::size_t>(down + 0.5)][static_cast<std::size_t>(at + 0.5)] =
            static_cast<char>('a' + k);
    }
  for (int i = 0; i < height; ++i)
    text += fmt::format("  1e{:<+4.0f}|{}\n", y.high - i * (y.high - y.low) / (height - 1),
                        rows[static_cast<std::size_t>(i)]);
  text += fmt::format("  {:6}+{:-<{}}\n  {:7}h = 1{:>{}}\n", "", "", width, "",
                      fmt::format("1e{:.0f}", x.low), width - 5);
  for (std::size_t k = 0; k < v.curves.size(); ++k) {
    const auto tip = v.curves[k].best();
    text += fmt::format("  {}  {:<24} best {:.1e} at h = {:.1e}\n", static_cast<char>('a' + k),
                        label(v.curves[k]), tip.error, tip.step);
  }
  text.pop_back();
  return text;
}

std::string to_csv(const vcurves& v) {
  std::string text = "method,number,step,error\n";
  for (const curve& c : v.curves)
    for (const auto& p : c.points)
      text += fmt::format("{},{},{},{}\n", c.method, name(c.number), p.step, p.error);
  return text;
}

std::string to_json(const vcurves& v) {
  std::vector<json> curves;
  for (const curve& c : v.curves) {
    std::vector<json> points;
    for (const auto& p : c.points) points.push_back(json().add("step", p.step).add("error", p.error));
    curves.push_back(json().add("method", c.method).add("number", name(c.number)).add("points", points));
  }
  return json().add("subject", v.subject).add("seed", v.seed).add("curves", curves).text();
}

std::string to_svg(const vcurves& v) {
  constexpr double left = 60, top = 34, width = 520, height = 340;
  const range x = steps_of(v), y = errors_of(v);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 780 430\" font-family=\"sans-serif\" "
      "font-size=\"12\">\n<rect width=\"780\" height=\"430\" fill=\"white\"/>\n"
      "<text x=\"{}\" y=\"20\" font-size=\"14\">relative error of differences of {} against their "
      "step</text>\n",
      left, v.subject);
  if (x.low == x.high || y.low == y.high) return svg + "</svg>\n";
  const auto across = [&](double e) { return left + e / x.low * width; };
  const auto down = [&](double e) { return top + (y.high - e) / (y.high - y.low) * height; };
  for (double e = 0; e >= x.low; e -= 10)
    svg += fmt::format(
        "<path d=\"M{0:.1f} {1}v{2}\" stroke=\"#ddd\"/><text x=\"{0:.1f}\" y=\"{3}\" "
        "text-anchor=\"middle\">1e{4:.0f}</text>\n",
        across(e), top, height, top + height + 16, e);
  for (double e = std::floor(y.high / 10) * 10; e >= y.low; e -= 10)
    svg += fmt::format(
        "<path d=\"M{0} {1:.1f}h{2}\" stroke=\"#ddd\"/><text x=\"{3}\" y=\"{4:.1f}\" "
        "text-anchor=\"end\">1e{5:.0f}</text>\n",
        left, down(e), width, left - 6, down(e) + 4, e);
  svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">step h</text>\n", left + width / 2,
                     top + height + 36);
  for (std::size_t k = 0; k < v.curves.size(); ++k) {
    std::string path;
    for (const auto& p : v.curves[k].points) {
      const double e = exponent(p.error, y.low);
      if (e <= y.high)
        path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", across(std::log10(p.step)), down(e));
    }
    const char* colour = colours[k % colours.size()];
    const double at = top + 8 + 18 * static_cast<double>(k);
    svg += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"/>\n", path, colour);
    svg += fmt::format(
        "<path d=\"M{} {}h18\" stroke=\"{}\" stroke-width=\"2\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
        left + width + 14, at, colour, left + width + 38, at + 4, label(v.curves[k]));
  }
  return svg + "</svg>\n";
}

std::ostream& operator<<(std::ostream& os, const vcurves& v) { return os << to_string(v); }

}  // namespace reel::check
