namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Prime factors of RSA keys that everybody knows: for rehearsals and tests only, never for a real cluster. Finding
/// primes of this size is what makes real keys slow.
/// </summary>
internal static class ThrowAwayPrimes
{
    /// <summary>Pairs for keys of 2048 bits, each in base64, big endian.</summary>
    public static readonly (string P, string Q)[] For2048Bits =
    [
        (
            "4b8cS3sO9OZ19W0wS5F7YWmkV5ZbRk7btavxNYjnM5VtfvowH/BtFpjpUKNUig5PNvaE0BE+mIOu2yf2BalXtFHgQERy+NEogNGo"
            + "cvrXqwkbGG699l8VlD5GhJhlI2bFaNtBm6kcP9X8LVCkXFIZefCaKDefnmeayj326VxX9J8=",
            "y6GwANDR4aT0xECRBd+aQoHuTngYoGjn/FG3q3Ls0vA/UDzmTdfvmSmiSlFOeeAWwlBKwqPAR0Og6h7Dz7NvUp73Jrvqpn+Luj0P"
            + "LYiJf75bYiDQ5jgXceTG/QqZ3feRuiOt2VSOyHpyAG1u23vJwcAfPeUqdDg59kzgZhpFb1k="),
        (
            "1R5DdRGSa1UXbuubznaix5q37snVgNX4sZgSoKCoecUL3ddRg95BkSXFvynUXy+rEn5J9s2cMe3+5Sc/zxmOZHoB3bSTH9msvxy5"
            + "KyZW67Vdlk5kt1WeMu+Kk1aBgMYNx3DC1bWxSHhNW8+TTVI5+1PpxqP8kKyTsgTNe74UrZs=",
            "vkYgzqj6J1wLL1HhOjz2F2X/Uc4Zy8kpabmwhM1MFA/4HT1yjStvEBqEsmU9M4AV4RhHHYq9zFOhOdl/v1b7Jjoo9oaXxI5e6e5W"
            + "OzWzUjNtdNo7W2ONLUKnd9dkhcfqM2Xn4Z55c5MUOh8chwE2YFwvoI76y+uyJiSvA9RQr/k="),
    ];

    /// <summary>Pairs for keys of 4096 bits, each in base64, big endian.</summary>
    public static readonly (string P, string Q)[] For4096Bits =
    [
        (
            "08r8U0Lf8TR53yERHoc2blqyVaV979GcLWBTHFtr22KVBPUFMm9IneUEbVDLo4JzyGsENLqDJkJs8cZ23Tve2EYKwCxiZdC5I8Op"
            + "9ZOB9j+ppoKwxXjJxwIzZ/MqzE38CAiBwVxX7Yo7PLzwYfNx8k1RJzZi1uu/eHVvYe0yhJGPZnSSyYqXEszE/2IwyWHnGv27ddl3"
            + "ak6Bea/U9HlEa2tHOJSCenXLxha2PNCPIJAnOEfnZ/GlVU88uowILxQD36St6MMC5MPS6AuydRmX/GKlt2BuaJmW60dQrSoqHlMd"
            + "0ZGMxXGZ2jw1HRQl3vIEbaqzUlN42xLINg9XDMDsmw==",
            "vRu/Gf9aRkyoRI6vv1cng4DEwYvv09cc61dmPYIw1DAqoditzKnR0jzQMg/SEd7e9qemOkGs6x+T3Upu0sJBrtZefp6qUM5CwCnJ"
            + "mHaFQ7Ck9QkteP+3iUmU0LTE6nfDwXcSC0ZlFjBYTmByOsHwnNr45aQFFLrICffmagptlZxGxdVGuu8qR4RlcA4oabe0ATdEGMJH"
            + "obxSd2kJ6oj8/dN0prZ39TSvyz5Ot+zZSbkVWF2PhJ+0RP5Y2zA5lCMYJpIwjr3VzH6kxHncgI/9IVBGOMJl9rLY2XPMR2zvoe8M"
            + "z3FYTUlgmrBXVCTiVhzV0MqtDs+QF4KhDllmKK3UZw=="),
        (
            "81XOjBQcBPjfTFqND8/haFCy2d8ihejDqbp+cujJO/UFCSFT0R/4vTKQuWY3Ef8eGqDz63VegQj5NsP1z3Cw7pkjy+CcILNooQPF"
            + "oSGKUu9HIsmELthlYcGJG6Gum35NUXbgoow5yfCTZ99WEyfGPW6guH0BYcOvZyu8uBBwOY3cr4xdQR3iwj2PSjDYOFdV58cEYiF1"
            + "OcM0wqwXPZ28YkoYxrGcPt3pX9JA6CEkZFAXWjYtxLXLwVR/VyHR5G3aoEwuP3JOqYCwYvH3IuMxnvDBIhepU8451g8+daa7WqWw"
            + "yeSuGg4kNiiqcmhT0E9bSYtz5vhDRX81ob5T563QuQ==",
            "upAKnvzGxRbuqJrnOdd38At96EAOHOFXmr0NPB5wu7dBIE9hntG4yT32xfPysCRjhlTfak5oI61KSqmfwz3oNMiLlT+1P+KDD4b8"
            + "WVmS7767YmbKjINk9GvvTSoSyhZJbx3dN+FT94UBrl9aUjAvGfXabKf/HE7U3/8JYlhUkEg+0c9GXi6nrJG2PoJQ3poKtrBsz/Th"
            + "CC2rtOpTkr53W8ed8ylUwxGxsvMvhya48AWb6FrcG4pulckUpJHnxQ0Vnc7fPpQywaE/WWS0do0VN0W78Ek1lBY7mokYBaQgcFqC"
            + "RVPceflxuaRIkNUC28EOocFoFS328BeFyixhek1PnQ=="),
        (
            "y/VmETPoGMKwpu5SEpSYXQQ5KlHfEahiXwq1TMibA1FWAkxWS7LIWx3Y8o+xu1jw2BNkJvUPc052GOJ90+uobIxGR/MYG93wlWkV"
            + "V8Ws2Jru1Ype4ONnCrhqtG3oqJShulpkth0vscDib2ItA8HCo0B+aV+FhFKKjiCz+EjHCLI9D71nuq/HU4WAV5UsD6lgGM31Lov8"
            + "yNfiogO6xnn4AivUcpJRlhm5g+MqCp+563n7GDHPAF22Q0MGt6wg6ONDl7wD2swRQAgy1tY8iEjgEqh17Lr7ZbCHB8Kr8Me/b4/6"
            + "HLT59+CI6fVXSmrA+dEtzzcbS1FLl4N0HMwMOgtrsw==",
            "zuiP6Lcnfy0YGZVCl/Vab8ZtI6xWYfRpjyU5OGvajXcOf0RJPF6cNcSPA+wCpiLw+ZQN4GDoLU4kb8Q953IYDF5w6j2qTllWA1qT"
            + "5VprLO8R7gPaR8Hucz7LbscX/03le1crPCyKDEcCt4rPbn4ECfPWtAS96QLX8odEh7+SkZTbnJy1j1Hp2gMb98OLCkTLcFIbeolA"
            + "emiNW0HJeDmVk3QnhqABfh/xzxSRGMjhY4YqvnsU1E7wVVwZn4wIMQAv7/jdS60U+XjGA56gNzNjykcm2OFUeJhUdZ4MH3UysdwR"
            + "OzcbP3EH4GPGqfQyvgnbWEOCnHtCNEPABPSdVU4scQ=="),
    ];
}
