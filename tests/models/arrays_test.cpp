// SPDX-License-Identifier: MIT
// IDX and NPY files of every type of numbers, and those that must be refused.
#include "support.hpp"
#include "binary_files.hpp"
#include "temporary.hpp"

#include <reel/models/arrays.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <array>

using namespace reel;
using namespace reel::test;
using namespace std::string_literals;

namespace {

using doubles = array<double>;
using bytes = array<std::uint8_t>;

bool holds(const file_array& a, const doubles& expected) {
  const auto* numbers = std::get_if<doubles>(&a);
  return numbers != nullptr && shape_of(*numbers) == shape_of(expected) && *numbers == expected;
}
bool holds(const file_array& a, const bytes& expected) {
  const auto* numbers = std::get_if<bytes>(&a);
  return numbers != nullptr && shape_of(*numbers) == shape_of(expected) && *numbers == expected;
}

std::string header(const char* descr, const char* sizes, const char* order = "False") {
  return "{'descr': '"s + descr + "', 'fortran_order': " + order + ", 'shape': " + sizes + ", }";
}

struct bad_file {
  const char* what;
  std::string content;
  const char* message;
};

const bad_file bad_idx[] = {
    {"nothing", "", "byte 0: the file ends in the middle of its header"},
    {"half a header", idx(8, {2, 2}, "").substr(0, 7), "byte 7: the file ends in the middle of its header"},
    {"other first bytes", "PNG\x08"s, "this is not an IDX file"},
    {"unknown type", idx(0x0A, {1}, "1"), "byte 2: 0x0a is no type of numbers"},
    {"no axes", "\0\0\x08\0"s, "byte 3: 0 axes"},
    {"nine axes", idx(8, {1, 1, 1, 1, 1, 1, 1, 1, 1}, "1"), "byte 3: 9 axes, where 1 to 8"},
    {"255 axes", "\0\0\x08\xFF"s, "byte 3: 255 axes"},
    {"cut short", idx(8, {2, 2}, "abc"), "the header claims [2x2] numbers of 1 bytes each, where at most 3"},
    {"cut short in a number", idx(0x0D, {2}, "abcdefg"), "where at most 7 bytes follow"},
    {"too long", idx(8, {2, 2}, "abcde"), "byte 16: there are bytes after the [2x2] numbers"},
    {"claims 32 GiB", idx(8, {1u << 31, 16}, std::string(64, 'x')), "where at most 64 bytes follow"},
    {"sizes overflow", idx(8, {~0u, ~0u, ~0u, ~0u}, "x"), "the header claims too much"},
    {"sizes overflow as bytes", idx(0x0E, {1u << 31, 1u << 31}, "x"), "the header claims too much"},
};

const bad_file bad_npy[] = {
    {"nothing", "", "byte 0: the file ends"},
    {"other first bytes", "\x93NUMPZ\1\0"s, "this is not an NPY file"},
    {"version 9", "\x93NUMPY\x09\0\0\0"s, "byte 6: version 9 is unknown"},
    {"header cut short", npy(header("<f8", "(1,)"), "").substr(0, 40), "byte 40: the file ends"},
    {"a header of 4 GiB", "\x93NUMPY\2\0\xFF\xFF\xFF\xFF{"s, "a header of 4294967295 bytes"},
    {"no dictionary", npy("[1, 2]", ""), "byte 10: in the NumPy header: expected {"},
    {"open dictionary", npy("{'descr': '<f8'", ""), "a comma or } is missing"},
    {"open quote", npy("{'descr: <f8", ""), "this quote is never closed"},
    {"no quote", npy("{descr: '<f8'}", ""), "expected a quoted word"},
    {"unknown entry", npy("{'order': 'C'}", ""), "'order' is no entry"},
    {"entry twice", npy("{'descr': '<f8', 'descr': '<f8'}", ""), "or there twice"},
    {"shape missing", npy("{'descr': '<f8', 'fortran_order': False}", ""), "is missing"},
    {"not a bool", npy(header("<f8", "(1,)", "0"), ""), "expected True or False"},
    {"text after it", npy(header("<f8", "(1,)") + "x", ""), "there is text after the dictionary"},
    {"a negative size", npy(header("<f8", "(-1,)"), ""), "expected a size: 0 or more"},
    {"a size of 2^63", npy(header("<f8", "(9223372036854775808,)"), ""), "expected a size"},
    {"a fraction", npy(header("<f8", "(1.5,)"), ""), "a comma or ) is missing"},
    {"nine axes", npy(header("<f8", "(1,1,1,1,1,1,1,1,1)"), ""), "more than 8 axes"},
    {"sizes overflow", npy(header("<f8", "(4294967296, 4294967296)"), ""), "the header claims too much"},
    {"claims 32 GiB", npy(header("<f8", "(4294967296,)"), "x"), "where at most 1 bytes follow"},
    {"cut short", npy(header("<f8", "(2,)"), std::string(15, 'x')), "where at most 15 bytes follow"},
    {"too long", npy(header("|u1", "(2,)"), "abc"), "there are bytes after the [2] numbers"},
    {"Python objects", npy(header("|O", "(1,)"), "x"), "Python objects are not read"},
    {"texts", npy(header("<U5", "(1,)"), "x"), "elements of type '<U5'"},
    {"complex numbers", npy(header("<c16", "(1,)"), "x"), "elements of type '<c16'"},
    {"a label column of texts", npy(header("<U5", "(1,)"), "x"), "labels as the numbers of their classes"},
    {"times", npy(header("<M8[D]", "(1,)"), "x"), "times are no numbers"},
    {"a size with a letter", npy(header("|u1", "(1M,)"), "x"), "a comma or ) is missing"},
    {"half precision", npy(header("<f2", "(1,)"), "xx"), "save the array as float64"},
    {"records", npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", ""),
     "a table of records"},
    {"2^53 + 1", npy(header("<i8", "(1,)"), little((std::int64_t{1} << 53) + 1)), "is larger than 2^53"},
    {"-2^63", npy(header("<i8", "(1,)"), little(std::int64_t{1} << 63)), "is larger than 2^53"},
    {"2^64 - 1", npy(header("<u8", "(1,)"), little(~std::uint64_t{0})), "is larger than 2^53"},
};

const bad_file bad_gzip[] = {
    {"only the magic number", "\x1F\x8B"s, "the gzip data end too early"},
    {"cut short", gzip(idx(8, {3}, "abc")).substr(0, 25), "the gzip data end too early"},
    {"checksum cut off", gzip(idx(8, {3}, "abc")).substr(0, gzip(idx(8, {3}, "abc")).size() - 4),
     "end too early"},
    {"not deflated", "\x1F\x8B\x01\0\0\0\0\0\0\0xyz"s, "the gzip data are damaged"},
    {"rubbish after it", gzip(idx(8, {3}, "abc")) + "rubbish", "the gzip data are damaged"},
    {"rubbish after zeros", gzip(idx(8, {3}, "abc")) + "\0\0x"s, "the gzip data are damaged, or followed"},
    {"a second file after zeros", gzip(idx(8, {3}, "abc")) + "\0"s + gzip("x"),
     "or followed by something else"},
    {"claims more than can be in it", gzip(idx(8, {1u << 31, 16}, "x")), "bytes follow"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(arrays)

BOOST_AUTO_TEST_CASE(idx_of_every_type) {
  BOOST_TEST(holds(parse_idx(idx(8, {2, 2}, "\0\x7F\x80\xFF"s)), bytes{{0, 127}, {128, 255}}));
  BOOST_TEST(holds(parse_idx(idx(9, {3}, "\0\x7F\x80"s)), doubles{0, 127, -128}));
  BOOST_TEST(
      holds(parse_idx(idx(11, {2}, big(std::int16_t{-2}) + big(std::int16_t{258}))), doubles{-2, 258}));
  BOOST_TEST(holds(parse_idx(idx(12, {1, 2}, big(-70000) + big(1 << 30))), doubles{{-70000, 1 << 30}}));
  BOOST_TEST(holds(parse_idx(idx(13, {2}, big(0.1f) + big(-1e30f))), doubles{0.1f, -1e30f}));
  BOOST_TEST(holds(parse_idx(idx(14, {1, 1, 2}, big(0.1) + big(-1e300))), doubles{{{0.1, -1e300}}}));
  BOOST_TEST((shape_of(parse_idx(idx(8, {0, 28, 28}, ""))) == shape{0, 28, 28}));
}

BOOST_AUTO_TEST_CASE(npy_of_every_type) {
  const auto read = [](const char* descr, const std::string& numbers) {
    return parse_npy(npy(header(descr, "(1,)"), numbers));
  };
  BOOST_TEST(holds(read("<f8", little(0.1)), doubles{0.1}));
  BOOST_TEST(holds(read(">f8", big(0.1)), doubles{0.1}));
  BOOST_TEST(holds(read("<f4", little(0.1f)), doubles{0.1f}));
  BOOST_TEST(holds(read("|u1", "\xFF"), bytes{255}));
  BOOST_TEST(holds(read("|b1", "\1"), bytes{1}));
  BOOST_TEST(holds(read("|i1", "\xFF"), doubles{-1}));
  BOOST_TEST(holds(read("<u2", "\xFF\xFF"), doubles{65535}));
  BOOST_TEST(holds(read(">i2", big(std::int16_t{-300})), doubles{-300}));
  BOOST_TEST(holds(read("<u4", little(~0u)), doubles{4294967295}));
  BOOST_TEST(holds(read("<i4", little(-70000)), doubles{-70000}));
  BOOST_TEST(holds(read("<i8", little(-(std::int64_t{1} << 53))), doubles{-9007199254740992}));
  BOOST_TEST(holds(read("<u8", little(std::uint64_t{1} << 53)), doubles{9007199254740992}));
}

BOOST_AUTO_TEST_CASE(npy_of_every_shape_and_order) {
  const std::string six = "\1\2\3\4\5\6";
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "()"), "\7")), bytes(7)));
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(6,)", "True"), six)), bytes{1, 2, 3, 4, 5, 6}));
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(2, 3)"), six)), bytes{{1, 2, 3}, {4, 5, 6}}));
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(2, 3)", "True"), six)), bytes{{1, 3, 5}, {2, 4, 6}}));
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(1, 2, 3)", "True"), six)), bytes{{{1, 3, 5}, {2, 4, 6}}}));
  BOOST_TEST((shape_of(parse_npy(npy(header("<f8", "(0, 3)", "True"), ""))) == shape{0, 3}));
  // Python 2 writes an L behind long integers.
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(2L, 3L)"), six)), bytes{{1, 2, 3}, {4, 5, 6}}));
  BOOST_TEST(holds(parse_npy(npy(header("|u1", "(6L,)"), six)), bytes{1, 2, 3, 4, 5, 6}));
  // Version 2 has a longer length; any order and spelling of the entries that Python takes.
  const std::string text = "{\"shape\":(2,),\"descr\":\"|u1\",\"fortran_order\":False}\n";
  BOOST_TEST(
      holds(parse_npy("\x93NUMPY\2\0"s + little(static_cast<std::uint32_t>(text.size())) + text + "\1\2"),
            bytes{1, 2}));
}

BOOST_AUTO_TEST_CASE(packed_files_are_unpacked) {
  const std::string file = idx(8, {3, 100'000}, std::string(300'000, 'a'));
  const auto plain = std::get<bytes>(parse_idx(file));
  BOOST_TEST(holds(parse_idx(gzip(file)), plain));
  // gzip files may be put one after the other
  BOOST_TEST(holds(parse_idx(gzip(file.substr(0, 1000)) + gzip(file.substr(1000))), plain));
  // and zeros after them, which fill the last block of a tape.
  for (const std::size_t zeros : {1u, 511u, 200'000u})
    BOOST_TEST(holds(parse_idx(gzip(file) + std::string(zeros, '\0')), plain));
  const temporary_directory place;
  BOOST_TEST(holds(read_idx(place.file("a.gz", gzip(file))), plain));
  BOOST_TEST(holds(read_npy(place.file("a.npy", npy(header("|u1", "(2,)"), "ab"))), bytes{'a', 'b'}));
}

BOOST_AUTO_TEST_CASE(bad_files_are_refused_with_byte_and_text) {
  for (const bad_file& f : bad_idx) BOOST_TEST_CONTEXT("IDX: " << f.what)
  check_error(
      errc::parse_error, [&] { parse_idx(f.content, "bad"); }, "ParseError: bad: byte ", f.message);
  for (const bad_file& f : bad_npy) BOOST_TEST_CONTEXT("NPY: " << f.what)
  check_error(
      errc::parse_error, [&] { parse_npy(f.content, "bad"); }, "ParseError: bad: byte ", f.message);
  for (const bad_file& f : bad_gzip) BOOST_TEST_CONTEXT("gzip: " << f.what)
  check_error(
      errc::parse_error, [&] { parse_idx(f.content, "bad"); }, "ParseError: bad: ", f.message);
}

// A file cut short anywhere is refused, plain or packed.
BOOST_AUTO_TEST_CASE(every_truncation_is_refused) {
  const std::string files[] = {idx(8, {2, 5}, "0123456789"),
                               npy(header("<f8", "(2,)"), little(1.0) + little(2.0))};
  for (const std::string& file : files)
    for (const std::string& whole : {file, gzip(file)})
      for (std::size_t n = 0; n < whole.size(); ++n)
        check_error(
            errc::parse_error,
            [&] {
              if (&file == &files[0]) parse_idx(whole.substr(0, n));
              else parse_npy(whole.substr(0, n));
            },
            "ParseError: ");
}

#ifndef __SANITIZE_ADDRESS__  // which takes more address space than this leaves
// A packed file of 4 MiB may hold 4 GiB, for all that its length says.
BOOST_AUTO_TEST_CASE(what_there_is_no_memory_for_is_refused) {
  std::string noise(std::size_t{4} << 20, '\0');
  std::uint32_t state = 1;
  for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  const std::string packed = gzip(idx(8, {1u << 20, 1u << 11}, noise));
  rlimit usual{};
  getrlimit(RLIMIT_AS, &usual);
  const rlimit small{rlim_t{1} << 30, usual.rlim_max};
  setrlimit(RLIMIT_AS, &small);
  check_error(
      errc::size_overflow, [&] { parse_idx(packed, "large.gz"); },
      "'large.gz': there is not enough memory for [1048576x2048]");
  setrlimit(RLIMIT_AS, &usual);
}
#endif

BOOST_AUTO_TEST_CASE(pipes_are_refused) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  const std::string header = idx(8, {1u << 31, 16}, "");
  BOOST_REQUIRE(write(ends[1], header.data(), header.size()) == static_cast<ssize_t>(header.size()));
  check_error(
      errc::bad_file, [&] { read_idx("/dev/fd/" + std::to_string(ends[0])); },
      "is not a regular file: write");
  close(ends[0]);
  close(ends[1]);
  check_error(
      errc::bad_file, [] { read_npy("/no/such/file.npy"); }, "cannot be opened", "No such file");
}

BOOST_AUTO_TEST_SUITE_END()
