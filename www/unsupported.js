// Runs only in browsers without ES modules, so it keeps to the oldest syntax.
var main = document.getElementsByTagName('main')[0] || document.body;
main.innerHTML = '<p class="plain">This browser is too old for calls. Please use a current Chrome, Edge, Firefox or Safari.</p>';
