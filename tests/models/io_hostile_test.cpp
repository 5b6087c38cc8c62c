// SPDX-License-Identifier: MIT
// Model files that are damaged, cut short or made to harm.
#include "support.hpp"
#include "binary_files.hpp"
#include "temporary.hpp"

#include <reel/models/io.hpp>

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <limits>

using namespace reel;
using reel::test::check_error;
using reel::test::little;
using reel::test::temporary_directory;

namespace {

// A file of any header: without a checksum, as other programs write them.
std::string tensors(const std::string& header, std::size_t data = 0) {
  return little(std::uint64_t{header.size()}) + header + std::string(data, 'x');
}

std::string one(const std::string& type, const std::string& sizes, const std::string& offsets) {
  return fmt::format(R"({{"a":{{"dtype":"{}","shape":[{}],"data_offsets":[{}]}}}})", type, sizes, offsets);
}

std::string two(const std::string& a, const std::string& b) {
  return fmt::format(
      R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":[{}]}},"b":{{"dtype":"U8","shape":[4],"data_offsets":[{}]}}}})",
      a, b);
}

struct bad_file {
  const char* what;
  std::string content;
  const char* message;
};

const bad_file table[] = {
    {"nothing", "", "byte 0: the file ends in the middle of its header"},
    {"seven bytes", little(std::uint64_t{2}).substr(0, 7), "byte 7: the file ends"},
    {"no header", little(std::uint64_t{0}), "this is not a safetensors file"},
    {"a header of 2^64 - 1", std::string(8, '\xFF') + "{}",
     "a header of 18446744073709551615 bytes, where 2 follow"},
    {"a header of 2^63", little(std::uint64_t{1} << 63) + "{}", "where 2 follow"},
    {"a header longer than the file", little(std::uint64_t{3}) + "{}", "a header of 3 bytes, where 2 follow"},
    {"text", "this is a text file, nothing else", "this is no safetensors file"},
    {"a list", tensors("[]"), "its header begins with {"},
    {"open object", tensors("{\"a\""), "expected : here"},
    {"two objects", tensors("{}{}"), "nothing but blanks may follow"},
    {"comma at the end", tensors(R"({"__metadata__":{},})"), "expected \" here"},
    {"a number for an array", tensors(R"({"a":1})"), "byte 13: expected { here"},
    {"a name without quotes", tensors("{a:1}"), "expected \" here"},
    {"a name without end", tensors("{\"a"), "this text has no closing quote"},
    {"a control character", tensors("{\"\n\":1}"), "a control character in a text"},
    {"a zero byte", tensors(std::string("{\"a\0\":1}", 8)), "a control character in a text"},
    {"a name that is not UTF-8", tensors("{\"\xFF\":{}}"), "a text that is not UTF-8"},
    {"half a surrogate pair", tensors(R"({"\ud800":{}})"), "half of a surrogate pair"},
    {"the other half", tensors(R"({"\udc00":{}})"), "half of a surrogate pair"},
    {"two first halves", tensors(R"({"\ud800\ud800":{}})"), "half of a surrogate pair"},
    {"an escape of three digits", tensors(R"({"\u00g":{}})"), "\\u needs four hexadecimal digits"},
    {"an unknown escape", tensors(R"({"\x":{}})"), "an escape that JSON does not have"},
    {"deeply nested lists", tensors("{\"a\":" + std::string(100'000, '[')), "expected { here"},
    {"metadata that are numbers", tensors(R"({"__metadata__":{"a":1}})"), "expected \" here"},
    {"metadata that are a list", tensors(R"({"__metadata__":[]})"), "expected { here"},
    {"metadata twice", tensors(R"({"__metadata__":{},"__metadata__":{}})"), "there is __metadata__ twice"},
    {"a name of metadata twice", tensors(R"({"__metadata__":{"a":"","a":""}})"), "there is 'a' twice"},
    {"no type", tensors(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "lacks one of dtype, shape"},
    {"no shape", tensors(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), "lacks one of dtype, shape"},
    {"no offsets", tensors(R"({"a":{"dtype":"F32","shape":[1]}})", 4), "lacks one of dtype, shape"},
    {"an empty entry", tensors(R"({"a":{}})"), "lacks one of dtype, shape"},
    {"two types", tensors(R"({"a":{"dtype":"F32","dtype":"F32"}})"),
     "'dtype' of array 'a' is unknown, or there twice"},
    {"two shapes", tensors(R"({"a":{"shape":[],"shape":[]}})"),
     "'shape' of array 'a' is unknown, or there twice"},
    {"two pairs of offsets", tensors(R"({"a":{"data_offsets":[0,0],"data_offsets":[0,0]}})"), "there twice"},
    {"an unknown property", tensors(R"({"a":{"strides":[1]}})"), "'strides' of array 'a' is unknown"},
    {"numbers of 8 bits", tensors(one("F8_E4M3", "1", "0,1"), 1),
     "is of type 'F8_E4M3'; those read are F32, F64,"},
    {"half precision, cut short", tensors(one("F16", "2", "0,4"), 3), "the file is cut short"},
    {"half precision of another length", tensors(one("F16", "2", "0,2"), 2),
     "takes 4 bytes, not those from 0 to 2"},
    {"a whole number beyond 2^63", tensors(one("U64", "1", "0,8")) + std::string(8, '\xFF'),
     "18446744073709551615 in array 'a' is beyond 2^63"},
    {"metadata that are nothing", tensors(R"({"__metadata__":nothing})"), "expected { here"},
    {"metadata that are nulls", tensors(R"({"__metadata__":nulls})"), "expected } here"},
    {"an unknown type", tensors(one("Q9", "1", "0,2"), 2), "is of type 'Q9'"},
    {"a negative size", tensors(one("F32", "-1", "0,4"), 4), "expected a whole number"},
    {"a fraction for a size", tensors(one("F32", "1.5", "0,4"), 4), "expected ] here"},
    {"a size in exponents", tensors(one("F32", "1e3", "0,4"), 4), "expected ] here"},
    {"a size with zeros before it", tensors(one("F32", "01", "0,4"), 4), "expected a whole number"},
    {"a size of 2^64", tensors(one("F32", "18446744073709551616", "0,4"), 4),
     "expected a whole number below 2^64"},
    {"a size of 2^64 - 1", tensors(one("F32", "18446744073709551615", "0,4"), 4), "one of more than 2^56"},
    {"nine axes", tensors(one("U8", "1,1,1,1,1,1,1,1,1", "0,1"), 1), "more than 8 axes"},
    {"a product that overflows", tensors(one("F64", "4294967296,4294967296", "0,0")),
     "the header claims too much"},
    {"a product that overflows to 8", tensors(one("F64", "72057594037927936,256,1", "0,8"), 8),
     "the header claims too much"},
    {"a product of bytes beyond the offsets", tensors(one("F64", "72057594037927936", "0,0")),
     "takes 576460752303423488 bytes"},
    {"80 bytes that claim 32 GiB", tensors(one("F64", "4294967296", "0,34359738368")),
     "34359738368 bytes of numbers, and 0 follow"},
    {"offsets that do not fit the shape", tensors(one("F32", "2", "0,4"), 4),
     "of shape [2] takes 8 bytes, not those from 0 to 4"},
    {"offsets that run backwards", tensors(one("F32", "1", "4,0"), 4), "not those from 4 to 0"},
    {"three offsets", tensors(one("F32", "1", "0,4,8"), 4), "expected ] here"},
    {"one offset", tensors(one("F32", "1", "0"), 4), "expected , here"},
    {"offsets beyond the end", tensors(one("F32", "1", "0,4"), 3), "the file is cut short"},
    {"bytes after the arrays", tensors(one("F32", "1", "0,4"), 5), "the file is too long"},
    {"arrays that overlap", tensors(two("0,4", "2,6"), 6), "array 'b' begins at 2, where another one lies"},
    {"arrays in the same place", tensors(two("0,4", "0,4"), 4),
     "array 'b' begins at 0, where another one lies"},
    {"a gap", tensors(two("0,4", "5,9"), 9), "array 'b' begins at 5, after a gap"},
    {"a gap at the beginning", tensors(one("U8", "1", "1,2"), 2), "array 'a' begins at 1, after a gap"},
    {"two arrays of one name",
     tensors(
         R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})"),
     "two arrays called 'a'"},
    {"no truth value", tensors(one("BOOL", "2", "0,2"), 2), "120 in array 'a' is no truth value"},
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string model_file(index_t numbers) {
  const temporary_directory place;
  auto x = make_array<float>({numbers});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i) / 7;
  const std::string path = place.path() + "/model";
  trained<std::vector<array<float>>> model{{x, array<float>{1, 2}}, {"no", "yes"}};
  model.feature_names = {"a"};
  model.scale = divide_by(255, 1);
  model.about = {{"lr", "0.1"}};
  save(path, model);
  return content(path);
}

// How many of the files that differ from `whole` in one bit are taken for good. Every one of `step` bits.
int flips_not_noticed(std::string whole, std::size_t step) {
  int missed = 0;
  for (std::size_t bit = 0; bit < 8 * whole.size(); bit += step) {
    char& byte = whole[bit / 8];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
    try {
      parse_tensors(whole);
      ++missed;
    } catch (const error& e) {
      missed += e.code() != errc::parse_error;
    }
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  }
  return missed;
}

int truncations_not_noticed(const std::string& whole) {
  int missed = 0;
  for (std::size_t n = 0; n < whole.size(); ++n) try {
      parse_tensors(std::string_view(whole).substr(0, n));
      ++missed;
    } catch (const error& e) {
      missed += e.code() != errc::parse_error;
    }
  return missed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(io_hostile)

BOOST_AUTO_TEST_CASE(bad_files_are_refused_with_byte_and_text) {
  for (const bad_file& f : table) BOOST_TEST_CONTEXT(f.what)
  check_error(
      errc::parse_error, [&] { parse_tensors(f.content, checksum::if_present, "bad"); },
      "ParseError: bad: byte ", f.message);
}

BOOST_AUTO_TEST_CASE(what_others_write_is_read_where_no_checksum_is_asked_for) {
  const std::string file = tensors(
      R"( {"b":{"shape":[2],"data_offsets":[1,3],"dtype":"U8"},"__metadata__":{"format":"pt \u00e9\ud83e\udd8a\/"},)"
      R"( "a":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}   )",
      3);
  check_error(
      errc::parse_error, [&] { parse_tensors(file.substr(0), checksum::if_present); }, "begins with {");
  std::string clean = file;
  clean[8] = '{';
  clean[9] = ' ';
  const tensor_file t = parse_tensors(clean, checksum::if_present);
  BOOST_TEST((std::get<array<std::uint8_t>>(t.tensors.at("b")) == array<std::uint8_t>{'x', 'x'}));
  BOOST_TEST(shape_of(std::get<array<std::uint8_t>>(t.tensors.at("a"))).is_scalar());
  BOOST_TEST(t.about.at("format") == "pt é🦊/");
  check_error(
      errc::parse_error, [&] { parse_tensors(clean); }, "there is no checksum");
}

BOOST_AUTO_TEST_CASE(numbers_of_other_types_are_converted) {
  const auto read = [](const char* type, const std::string& numbers, std::size_t width) {
    const auto n = numbers.size() / width;
    const std::string file =
        tensors(one(type, std::to_string(n), fmt::format("0,{}", numbers.size()))) + numbers;
    return parse_tensors(file, checksum::if_present).tensors.at("a");
  };
  const auto bits = [](std::initializer_list<std::uint16_t> all) {
    std::string text;
    for (const std::uint16_t x : all) text += little(x);
    return text;
  };
  const auto floats = [&](const char* type, std::initializer_list<std::uint16_t> all) {
    return std::get<array<float>>(read(type, bits(all), 2));
  };
  // 1, −2, 65504, 2^-14, 2^-24, 1023·2^-24, 1/3 as rounded, the zeros, the infinities.
  const auto half =
      floats("F16", {0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x03FF, 0x3555, 0x0000, 0x8000, 0x7C00, 0xFC00});
  const float inf = std::numeric_limits<float>::infinity();
  BOOST_TEST((half == array<float>{1, -2, 65504, 0x1p-14f, 0x1p-24f, 0x1.FF8p-15f, 0x1.554p-2f, 0, -0.0f, inf,
                                   -inf}));
  BOOST_TEST((std::signbit(half(8)) && !std::signbit(half(7)) && std::isnan(floats("F16", {0x7E01})(0))));
  BOOST_TEST((floats("BF16", {0x3F80, 0xC2F7, 0x0001, 0xFF80}) == array<float>{1, -123.5f, 0x1p-133f, -inf}));
  using whole = array<index_t>;
  BOOST_TEST((std::get<whole>(read("I8", "\x80\x7F", 1)) == whole{-128, 127}));
  BOOST_TEST((std::get<whole>(read("I16", bits({0x8000, 0x7FFF}), 2)) == whole{-32768, 32767}));
  BOOST_TEST((std::get<whole>(read("U16", bits({0x8000}), 2)) == whole{32768}));
  BOOST_TEST((std::get<whole>(read("I32", little(-70000) + little(1 << 30), 4)) == whole{-70000, 1 << 30}));
  BOOST_TEST((std::get<whole>(read("U32", little(~0u), 4)) == whole{4294967295}));
  BOOST_TEST((std::get<whole>(read("U64", little(std::uint64_t{1} << 62), 8)) == whole{index_t{1} << 62}));
  std::string many;  // more than are converted at a time
  for (int i = 0; i < 40'000; ++i) many += little(i - 7);
  const auto numbers = std::get<whole>(read("I32", many, 4));
  BOOST_TEST((numbers(0) == -7 && numbers(16'384) == 16'377 && numbers(39'999) == 39'992));
}

BOOST_AUTO_TEST_CASE(no_metadata_may_be_written_as_null) {
  for (const char* header :
       {R"({"__metadata__":null})",
        R"({"__metadata__" : null , "a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
        R"({"__metadata__":{"a":null}})"}) {
    const tensor_file t = parse_tensors(tensors(header), checksum::if_present);
    BOOST_TEST((t.about.empty() && t.not_verified.find("there is no checksum") == 0), header);
  }
}

// A program that knows nothing of the checksum keeps the metadata, or loses them, and writes numbers in its
// own order.
BOOST_AUTO_TEST_CASE(a_model_that_was_saved_again_is_read_on_request) {
  const std::string whole = model_file(100);
  std::string stale = whole, bare = whole;
  stale[stale.size() - 1] = static_cast<char>(stale.back() ^ 1);
  const auto at = bare.find("reel.checksum");
  bare.replace(at, 13, "some.checksum");
  std::string spaced = whole;  // the JSON of another writer
  spaced.replace(spaced.find(R"("reel.checksum":")"), 17, R"("reel.checksum": ")");
  std::uint64_t length = 0;
  std::memcpy(&length, whole.data(), sizeof(length));
  spaced.replace(0, sizeof(length), little(length + 1));
  BOOST_TEST(parse_tensors(whole).not_verified.empty());
  for (const std::string& file : {stale, spaced}) {
    for (const checksum sum : {checksum::required, checksum::if_present})
      check_error(
          errc::parse_error, [&] { parse_tensors(file, sum); }, "the checksum is another one",
          "read it unverified if you trust it.");
    BOOST_TEST(
        parse_tensors(file, checksum::ignored).not_verified.find("the checksum is that of another file") ==
        0u);
  }
  check_error(
      errc::parse_error, [&] { parse_tensors(bare); }, "there is no checksum",
      "read it unverified if you trust it.");
  BOOST_TEST(parse_tensors(bare, checksum::if_present).tensors.size() == 2u);
  BOOST_TEST(parse_tensors(bare, checksum::ignored).not_verified.find("there is no checksum") == 0u);
  const temporary_directory place;
  using model = trained<std::vector<array<float>>>;
  const auto again = load_unverified<model>(place.file("stale", stale));
  BOOST_TEST(
      (!again.not_verified.empty() && again.tree.class_names == std::vector<std::string>{"no", "yes"}));
  BOOST_TEST(load_unverified<model>(place.file("whole", whole)).not_verified.empty());
  check_error(
      errc::parse_error, [&] { load<model>(place.file("stale", stale)); }, "the checksum is another one");
  check_error(
      errc::parse_error, [&] { load_unverified<model>(place.file("half", whole.substr(0, 99))); }, "byte 0");
}

BOOST_AUTO_TEST_CASE(doubles_become_floats_on_request_where_nothing_is_lost) {
  const temporary_directory place;
  const std::string path = place.path() + "/a";
  const double inf = std::numeric_limits<double>::infinity();
  save(path, array<double>{0.5, -3, inf});
  BOOST_TEST((load_unverified<array<float>>(path).tree == array<float>{0.5, -3, static_cast<float>(inf)}));
  check_error(
      errc::parse_error, [&] { load<array<float>>(path); }, "is not an array of F32");
  save(path, array<double>{0.5, 0.1});
  check_error(
      errc::parse_error, [&] { load_unverified<array<float>>(path); }, "is not an array of F32");
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_noticed) {
  const std::string file = model_file(100);
  BOOST_TEST(parse_tensors(file).tensors.size() == 2u);
  BOOST_TEST(flips_not_noticed(file, 1) == 0);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_noticed) {
  BOOST_TEST(truncations_not_noticed(model_file(100)) == 0);
}

BOOST_AUTO_TEST_CASE(bytes_after_the_end_are_noticed) {
  for (const char* more : {"x", "{}", "\0"})
    check_error(
        errc::parse_error, [&] { parse_tensors(model_file(10) + std::string(more, 1)); },
        "the file is too long");
}

// The same of a file of 64 KiB: half a million flips. Runs as a long check.
BOOST_AUTO_TEST_CASE(every_flipped_bit_of_a_large_file_is_noticed, *boost::unit_test::precondition([](auto) {
                       return boost::test_tools::assertion_result(std::getenv("REEL_LONG") != nullptr);
                     })) {
  const std::string file = model_file((65536 - 600) / 4);
  BOOST_TEST((file.size() > 65000 && file.size() < 66000));
  BOOST_TEST(flips_not_noticed(file, 1) == 0);
  BOOST_TEST(truncations_not_noticed(file) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
