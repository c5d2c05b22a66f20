# Slip of an annulled receipt. Format: README.md in this folder.
[center bold] {{shopName}}
@if shopAddress
[center] {{shopAddress}}
@end
@if taxNumber
[center] УНП {{taxNumber}}
@end

[center bold] ЧЕК АННУЛИРОВАН
Чек № {{number}}|Смена № {{shift}}
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
[bold] СУММА|{{total}}
@each givenBack
@rule
[bold] {{kind}}
[bold] {{status}}, {{amount}}
@if orderNumber
№ операции|{{orderNumber}}
@end
@if paymentId
№ платежа|{{paymentId}}
@end
@end
@rule
[center] НЕФИСКАЛЬНЫЙ ДОКУМЕНТ
@cut
