// SPDX-License-Identifier: MIT
#include "text_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::size_t piece = std::size_t{1} << 16;

}  // namespace

bool text_source::read_more() {
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
  }
  if (end_ == buffer_.size()) buffer_.resize(std::max(piece, 2 * buffer_.size()));
  const std::size_t got = bytes_.read({buffer_.data() + end_, buffer_.size() - end_});
  end_ += got;
  return got > 0;
}

namespace {

// What else a file may be that is taken for text, by how it begins.
struct other_format {
  std::string_view start, what;
};
constexpr other_format other_formats[] = {
    {"\xFF\xFE", "this is UTF-16 text: save it as UTF-8"},
    {"\xFE\xFF", "this is UTF-16 text: save it as UTF-8"},
    {"\xD0\xCF\x11\xE0", "this is a spreadsheet in Excel's old format: export it as CSV first"},
    {"PAR1", "this is a Parquet file: write it as CSV or NPY first"},
    {"ARROW1", "this is an Arrow file: write it as CSV or NPY first"},
    {"\x89HDF", "this is an HDF5 file: write its arrays as NPY first"},
    {"MATLAB 5", "this is a MATLAB file: write its arrays as CSV or NPY first"},
    {"SQLite format 3", "this is an SQLite database: export the table as CSV first"},
    {"\x80\x02", "this is a pickled Python object, which may run code: write it as CSV or NPY first"},
    {"\x80\x03", "this is a pickled Python object, which may run code: write it as CSV or NPY first"},
    {"\x80\x04", "this is a pickled Python object, which may run code: write it as CSV or NPY first"},
    {"\x80\x05", "this is a pickled Python object, which may run code: write it as CSV or NPY first"},
    {"RDX", "this is R's own format: write it with write.csv first"},
    {"BZh", "this is packed with bzip2: unpack it, or pack it with gzip"},
    {"\xFD\x37zXZ", "this is packed with xz: unpack it, or pack it with gzip"},
    {"\x28\xB5\x2F\xFD", "this is packed with zstd: unpack it, or pack it with gzip"},
    {"%PDF", "this is a PDF document: copy the table out of it"},
    {"\x89PNG", "this is a picture: write its pixels as NPY or IDX first"},
    {"\xFF\xD8\xFF", "this is a picture: write its pixels as NPY or IDX first"},
    {"<!", "this is a web page: fetch the file that it leads to"},
    {"<html", "this is a web page: fetch the file that it leads to"},
    {"<?xml", "this is XML: export the table as CSV first"},
    {"{\"", "this is JSON: export the table as CSV first"},
    {"[{", "this is JSON: export the table as CSV first"},
    {"@relation", "this is ARFF, of Weka: leave out what stands above @data, and that line"},
    {"@RELATION", "this is ARFF, of Weka: leave out what stands above @data, and that line"}};

// A zip archive by the name of the first file in it.
std::string_view kind_of_zip(std::string_view start) {
  constexpr std::size_t length_at = 26, name_at = 30;
  if (start.size() < name_at) return "this is a zip archive or a spreadsheet: export it as CSV first";
  const auto byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(start[i])}; };
  const std::string_view name = start.substr(name_at, byte(length_at) + 256 * byte(length_at + 1));
  if (name.ends_with(".npy"))
    return "this is an NPZ file, NumPy's archive of arrays: save each array with numpy.save and give that "
           "file";
  if (name.starts_with("[Content_Types]") || name.starts_with("xl/") || name.starts_with("_rels/") ||
      name.starts_with("docProps/") || name == "mimetype")
    return "this is a spreadsheet: export it as CSV first";
  if (name.find("data.pkl") != name.npos) return "this is a PyTorch file: save its arrays as NPY first";
  return "this is a zip archive: unpack it and give the file in it, or, if it is a spreadsheet, export it as "
         "CSV "
         "first";
}

}  // namespace

void text_source::begin_text() {
  constexpr std::size_t enough = 512;
  while (window().size() < enough && read_more()) {
  }
  const auto first = window();
  const std::string_view start(first.data(), std::min(first.size(), enough));
  const auto refuse = [&](std::string_view what) { fail_at(name(), 1, 1, std::string(what) + '.'); };
  if (start.starts_with("\xEF\xBB\xBF")) consume(3);
  if (start.starts_with("PK\x03\x04")) refuse(kind_of_zip(start));
  for (const other_format& f : other_formats)
    if (start.starts_with(f.start)) refuse(f.what);
}

void fail_at(const std::string& name, std::size_t line, std::size_t column, const std::string& detail) {
  throw error(errc::parse_error, fmt::format("{}:{}:{}: {}", name, line, column, detail));
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto at = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned lead = at(i);
    const std::size_t length = lead < 0x80         ? 1
                               : lead >> 5 == 0x6  ? 2
                               : lead >> 4 == 0xE  ? 3
                               : lead >> 3 == 0x1E ? 4
                                                   : 0;
    if (length == 0 || i + length > text.size()) return false;
    unsigned code = length == 1 ? lead : lead & (0x7Fu >> length);
    for (std::size_t k = 1; k < length; ++k) {
      if (at(i + k) >> 6 != 2) return false;
      code = code << 6 | (at(i + k) & 0x3F);
    }
    // Over-long forms, halves of surrogate pairs, and what is above the last code point.
    constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF) return false;
    i += length;
  }
  return true;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  const bool valid = is_utf8(text);
  std::string shown = "'";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool begins = c >> 6 != 2;
    if (begins && shown.size() > longest) return shown + "…'";
    shown += c < 0x20 || c == 0x7F || (c >= 0x80 && !valid) ? '?' : text[i];
  }
  return shown + "'";
}

}  // namespace reel::detail
