// SPDX-License-Identifier: MIT
#include "byte_source.hpp"

#include <reel/autodiff/error.hpp>

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <new>
#include <system_error>
#include <utility>

namespace reel::detail {

namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B";
// What deflate makes of its best case, one byte repeated, is no smaller than 1 : 1032.
constexpr std::uint64_t most_inflation = 1032;

[[noreturn]] void fail_file(const std::string& name, const char* what, int code) {
  throw error(errc::bad_file, fmt::format("'{}' {}: {}.", name, what, std::generic_category().message(code)));
}

}  // namespace

// One or more gzip members, one after the other, and zeros after them.
struct byte_source::inflater {
  inflater() {
    constexpr int gzip_with_largest_window = 16 + MAX_WBITS;
    if (inflateInit2(&stream, gzip_with_largest_window) != Z_OK) throw std::bad_alloc();
  }
  ~inflater() { inflateEnd(&stream); }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;

  z_stream stream{};
  std::array<char, std::size_t{1} << 16> input;
  bool in_member = true;
  bool in_padding = false;  // zeros after the last member
};

byte_source::byte_source(const std::string& path, packed gzip) : name_(path) {
  std::error_code failed;
  if (std::filesystem::is_directory(path, failed))
    throw error(errc::bad_file, fmt::format("'{}' is a directory: name the file in it.", path));
  errno = 0;
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) fail_file(name_, "cannot be opened", errno);
  has_size_ = std::filesystem::is_regular_file(path, failed);
  if (has_size_) size_ = std::filesystem::file_size(path, failed);
  has_size_ = has_size_ && !failed;
  if (gzip == packed::unpack) look_for_gzip();
}

byte_source::byte_source(std::string_view bytes, std::string name, packed gzip)
    : name_(std::move(name)), memory_(bytes), size_(bytes.size()) {
  if (gzip == packed::unpack) look_for_gzip();
}

byte_source::~byte_source() = default;
byte_source::byte_source(byte_source&&) noexcept = default;

void byte_source::look_for_gzip() {
  std::array<char, gzip_magic.size()> first{};
  const std::size_t got = read_raw(first);
  start_.assign(first.data(), got);
  if (start_ == gzip_magic) inflater_ = std::make_unique<inflater>();
}

std::size_t byte_source::read_raw(std::span<char> to) {
  if (!start_.empty()) {
    const std::size_t n = start_.copy(to.data(), to.size());
    start_.erase(0, n);
    return n;
  }
  if (!file_) {
    const std::size_t n = memory_.copy(to.data(), to.size());
    memory_.remove_prefix(n);
    return n;
  }
  errno = 0;
  const std::size_t got = std::fread(to.data(), 1, to.size(), file_.get());
  if (got < to.size() && std::ferror(file_.get()) != 0) fail_file(name_, "cannot be read", errno);
  return got;
}

std::size_t byte_source::read(std::span<char> to) {
  const std::size_t known = ahead_.copy(to.data(), to.size());
  ahead_.erase(0, known);
  const std::size_t got = known + read_on(to.subspan(known));
  read_ += got;
  return got;
}

std::string_view byte_source::peek(std::size_t bytes) {
  const std::size_t known = ahead_.size();
  if (known < bytes) {
    ahead_.resize(bytes);
    ahead_.resize(known + read_on({ahead_.data() + known, bytes - known}));
  }
  return std::string_view(ahead_).substr(0, bytes);
}

std::size_t byte_source::read_on(std::span<char> to) {
  std::size_t done = 0;
  if (!inflater_) {
    while (done < to.size()) {
      const std::size_t got = read_raw(to.subspan(done));
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  auto& [stream, input, in_member, in_padding] = *inflater_;
  const auto refuse = [&](const char* what) {
    throw error(errc::parse_error, fmt::format("{}: {}: fetch or pack the file again.", name_, what));
  };
  while (done < to.size()) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(input.data());
      stream.avail_in = static_cast<uInt>(read_raw(input));
      if (stream.avail_in == 0) {
        if (in_member) refuse("the gzip data end too early");
        break;
      }
    }
    if (!in_member) {
      // Archives on tape fill their last block with zeros, which are no part of what was packed.
      while (stream.avail_in > 0 && *stream.next_in == 0) {
        ++stream.next_in, --stream.avail_in;
        in_padding = true;
      }
      if (stream.avail_in == 0) continue;
      if (in_padding) refuse("the gzip data are damaged, or followed by something else");
      inflateReset(&stream);
      in_member = true;
    }
    const auto room =
        static_cast<uInt>(std::min<std::size_t>(to.size() - done, std::numeric_limits<uInt>::max()));
    stream.next_out = reinterpret_cast<Bytef*>(to.data() + done);
    stream.avail_out = room;
    const int status = inflate(&stream, Z_NO_FLUSH);
    done += room - stream.avail_out;
    if (status == Z_STREAM_END) in_member = false;
    else if (status == Z_MEM_ERROR) throw std::bad_alloc();
    else if (status != Z_OK && status != Z_BUF_ERROR) refuse("the gzip data are damaged");
  }
  return done;
}

std::uint64_t byte_source::bytes_left() const {
  if (!has_size_)
    throw error(errc::bad_file,
                fmt::format("'{}' is not a regular file: write binary data to a file first.", name_));
  const std::uint64_t most = !inflater_ ? size_
                             : size_ > std::numeric_limits<std::uint64_t>::max() / most_inflation
                                 ? std::numeric_limits<std::uint64_t>::max()
                                 : size_ * most_inflation;
  return most - std::min(most, read_);
}

void fail_at_byte(const std::string& name, std::uint64_t byte, const std::string& detail) {
  throw error(errc::parse_error, fmt::format("{}: byte {}: {}", name, byte, detail));
}

}  // namespace reel::detail
