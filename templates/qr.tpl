# A QR code that the buyer pays by, when the screen cannot show it. Format: README.md in this folder.
[center bold] {{shopName}}
[center] {{caption}}
[center bold] К оплате: {{amount}}
@qr {{payload}}
[center] Касса № {{register}}, {{date}} {{time}}
@cut
