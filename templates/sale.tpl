# Slip of a sale or return. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] ТОВАРНЫЙ ЧЕК
@if isReturn
[center bold] ВОЗВРАТ
@end
Чек № {{number}}|Смена № {{shift}}
@if sourceNumber
По чеку № {{sourceNumber}} от {{sourceDate}}
@end
Касса № {{register}}|{{date}} {{time}}
Кассир|{{cashier}}
@rule
@each lines
{{name}}
[right] {{quantity}} x {{price}} = {{fullSum}}
@if discount
Скидка|-{{discount}}
@end
@end
@rule
@if cardNumber
{{cardTitle}}|{{cardNumber}}
@end
@if discount
СКИДКА|{{discount}}
@end
[bold double] ИТОГО|{{total}}
@each paymentKinds
{{kind}}|{{amount}}
@end
@if isReturn
@if cashGivenBack
ВЫДАНО НАЛИЧНЫМИ|{{cashGivenBack}}
@end
@else
ПОЛУЧЕНО|{{received}}
СДАЧА|{{change}}
@end
@each payments
@if paymentId
@rule
{{kind}}|{{amount}}
№ платежа|{{paymentId}}
@end
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
